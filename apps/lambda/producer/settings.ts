import { matching, number } from '@plumbline/kit';
import { kafkaSettings } from '@plumbline/kit/kafka';
import { servingSettings, workerSettings } from '../worker-settings.ts';

/** What lambda-producer-stream reads from its environment. */
export const producerSettings = {
  ...workerSettings,
  ...servingSettings,
  ...kafkaSettings,
  pod: matching(
    'POD_NAME',
    'the name of the pod, which makes its event ids its own: at most 150 letters, digits, dots and hyphens',
    /^[\w.-]{1,150}$/,
  ),
  rate: number('PRODUCER_RATE', 'transactions a second', { least: 0.1, most: 100_000, whole: false }),
  seed: number('PRODUCER_SEED', 'the seed of the values', { least: 0, most: 2 ** 32 - 1, fallback: 1 }),
  buffer: number('PRODUCER_BUFFER_RECORDS', 'records kept while the broker is away', {
    least: 1,
    most: 100_000,
    fallback: 10_000,
  }),
} as const;
