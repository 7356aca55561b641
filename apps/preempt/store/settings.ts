import { matching, number } from '@plumbline/kit';
import { mysqlSettings } from '@plumbline/kit/mysql';
import { redisSettings } from '@plumbline/kit/redis';
import { configuredSettings, servingSettings, workerSettings } from '../worker-settings.ts';

/** What the store reads from its environment. */
export const storeSettings = {
  ...workerSettings,
  ...configuredSettings,
  ...servingSettings,
  ...mysqlSettings,
  ...redisSettings,
  consumer: matching('POD_NAME', "the consumer's name in the group, as the pod's", /^[\w.-]+$/),
  batchEntries: number('STORE_BATCH_ENTRIES', 'entries in one statement at most', {
    least: 1,
    most: 10_000,
    fallback: 2000,
  }),
  claimSeconds: number('STORE_CLAIM_SECONDS', 'seconds after which what a dead consumer had is taken', {
    least: 1,
    most: 3600,
    fallback: 60,
  }),
  retrySeconds: number('STORE_RETRY_SECONDS', 'seconds between two deliveries of an entry that was refused', {
    least: 0,
    most: 3600,
    fallback: 5,
  }),
  stallSeconds: number('STORE_STALL_SECONDS', 'seconds with entries and no commit until it ends', {
    least: 1,
    most: 3600,
    fallback: 120,
  }),
} as const;
