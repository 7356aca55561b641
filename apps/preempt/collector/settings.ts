import { number } from '@plumbline/kit';
import { mysqlSettings } from '@plumbline/kit/mysql';
import { redisSettings } from '@plumbline/kit/redis';
import { configuredSettings, workerSettings } from '../worker-settings.ts';

/** What the collector reads from its environment. */
export const collectorSettings = {
  ...workerSettings,
  ...configuredSettings,
  ...mysqlSettings,
  ...redisSettings,
  deadlineSeconds: number(
    'COLLECTOR_DEADLINE_SECONDS',
    'seconds after which a run ends: below the 240 s of its Job',
    { least: 1, most: 230, fallback: 170 },
  ),
} as const;
