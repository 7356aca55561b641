import { choice } from '@plumbline/kit';

/** What every worker of the system reads. */
export const workerSettings = {
  logLevel: choice('LOG_LEVEL', ['trace', 'debug', 'info', 'warn', 'error', 'fatal'], 'info'),
} as const;
