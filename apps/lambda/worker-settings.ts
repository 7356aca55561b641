import { choice, text } from '@plumbline/kit';

/** What every worker of the system reads. */
export const workerSettings = {
  logLevel: choice('LOG_LEVEL', ['trace', 'debug', 'info', 'warn', 'error', 'fatal'], 'info'),
} as const;

/** What workers that serve probes and metrics read besides. */
export const servingSettings = {
  metricsAddress: text('METRICS_ADDRESS', 'host:port, or :port for every interface', ':9090'),
  tracesEndpoint: text('OTEL_EXPORTER_OTLP_ENDPOINT', 'the URL of an OTLP collector', ''),
} as const;
