import { number, text } from '@plumbline/kit';
import { kafkaSettings } from '@plumbline/kit/kafka';
import { postgresSettings } from '@plumbline/kit/postgres';
import { servingSettings, workerSettings } from '../worker-settings.ts';

/** What lambda-consumer reads from its environment. */
export const consumerSettings = {
  ...workerSettings,
  ...servingSettings,
  ...kafkaSettings,
  ...postgresSettings,
  group: text('KAFKA_GROUP', 'the name of the consumer group'),
  batchRows: number('CONSUMER_BATCH_ROWS', 'rows in a transaction at most', {
    least: 1,
    most: 50_000,
    fallback: 5000,
  }),
  batchMilliseconds: number('CONSUMER_BATCH_MILLISECONDS', 'how long a small batch waits for more', {
    least: 1,
    most: 5000,
    fallback: 500,
  }),
  stallSeconds: number('CONSUMER_STALL_SECONDS', 'seconds with lag and no commit until it ends', {
    least: 1,
    most: 3600,
    fallback: 120,
  }),
  sessionSeconds: number(
    'CONSUMER_SESSION_SECONDS',
    'seconds without a heartbeat until the group goes on without it',
    {
      least: 6,
      most: 300,
      fallback: 15,
    },
  ),
  topicCheckSeconds: number('CONSUMER_TOPIC_CHECK_SECONDS', 'seconds between two looks for new partitions', {
    least: 1,
    most: 3600,
    fallback: 30,
  }),
} as const;
