import { number } from '@plumbline/kit';
import { brokerSettings, servingSettings, topicSettings, workerSettings } from '../worker-settings.ts';

/** What streaming-producer reads from its environment. */
export const producerSettings = {
  ...workerSettings,
  ...brokerSettings,
  ...servingSettings,
  orders: topicSettings.orders,
  products: topicSettings.products,
  rate: number('ORDERS_PER_SECOND', 'orders a second', { least: 0.1, most: 100_000, whole: false }),
  seed: number('SEED', 'the seed of the shop', { least: 0, most: 2 ** 32 - 1, fallback: 1 }),
  buffer: number('BUFFER_ORDERS', 'orders kept while the broker is away', {
    least: 1,
    most: 100_000,
    fallback: 10_000,
  }),
} as const;
