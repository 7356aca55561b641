import { number } from '@plumbline/kit';
import { mysqlSettings } from '@plumbline/kit/mysql';
import { modelsSettings } from '../detect/settings.ts';
import { configuredSettings, servingSettings, workerSettings } from '../worker-settings.ts';

/** What ml-trainer reads from its environment. */
export const trainerSettings = {
  ...workerSettings,
  ...configuredSettings,
  ...servingSettings,
  ...mysqlSettings,
  ...modelsSettings,
  stallSeconds: number('TRAINER_STALL_SECONDS', 'seconds without a trained series until it ends', {
    least: 1,
    most: 3600,
    fallback: 300,
  }),
} as const;
