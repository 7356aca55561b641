import { choice, httpUrl, listenAddress } from '@plumbline/kit';

/** What every worker of the system reads. */
export const workerSettings = {
  logLevel: choice('LOG_LEVEL', ['trace', 'debug', 'info', 'warn', 'error', 'fatal'], 'info'),
} as const;

/** What workers that serve probes and metrics read besides. */
export const servingSettings = {
  metricsAddress: listenAddress('METRICS_ADDRESS', ':9090'),
  tracesEndpoint: httpUrl('OTEL_EXPORTER_OTLP_ENDPOINT', 'an OTLP collector'),
} as const;
