import { choice, listenAddress, matching } from '@plumbline/kit';

/** What every worker of the system reads. */
export const workerSettings = {
  logLevel: choice('LOG_LEVEL', ['trace', 'debug', 'info', 'warn', 'error', 'fatal'], 'info'),
} as const;

/** What workers that read config.yaml read besides. */
export const configuredSettings = {
  configPath: matching(
    'CONFIG_PATH',
    'the configuration, from the root: /app/config.yaml',
    /^\//,
    '/app/config.yaml',
  ),
} as const;

/** What workers that serve probes and metrics read besides. */
export const servingSettings = {
  metricsAddress: listenAddress('METRICS_ADDRESS', ':9090'),
} as const;
