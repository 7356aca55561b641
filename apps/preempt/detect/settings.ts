import { matching } from '@plumbline/kit';
import { mysqlSettings } from '@plumbline/kit/mysql';
import { configuredSettings, workerSettings } from '../worker-settings.ts';

/** Where the models' claim is mounted. */
export const modelsSettings = {
  modelsPath: matching('MODELS_PATH', 'the folder of the models, from the root: /models', /^\//),
} as const;

/** What the detector reads from its environment. */
export const detectorSettings = {
  ...workerSettings,
  ...configuredSettings,
  ...mysqlSettings,
  ...modelsSettings,
} as const;

/** Below the 240 s after which the manifest ends a run: what is left by then is the next run's. */
export const detectorDeadline = { seconds: 180, statementSeconds: 25 } as const;
