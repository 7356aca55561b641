import { choice, listenAddress, number, secret } from '@plumbline/kit';
import { kafkaSettings } from '@plumbline/kit/kafka';

/** What producer-gateway reads from its environment. */
export const gatewaySettings = {
  logLevel: choice('LOG_LEVEL', ['trace', 'debug', 'info', 'warn', 'error', 'fatal'], 'info'),
  // The name that Kafka's own tools use, and the other workloads of this system.
  brokers: { ...kafkaSettings.brokers, name: 'KAFKA_BOOTSTRAP_SERVERS' },
  topic: kafkaSettings.topic,
  httpAddress: listenAddress('HTTP_ADDRESS', ':8000'),
  metricsAddress: listenAddress('METRICS_ADDRESS', ':9090'),
  token: {
    ...secret('INGEST_TOKEN', 'the token that clients send; where it is not set, everybody may send events'),
    // A Secret's file may end in a line break; one that is empty would open the door that it is for.
    parse: (value: string) => value.trim() || undefined,
    emptyIsWrong: true,
    fallback: '',
  },
  bodyBytes: number('MAX_BODY_BYTES', 'bytes of a request', {
    least: 1024,
    most: 16_777_216,
    fallback: 2_097_152,
  }),
  batchEvents: number('MAX_BATCH_EVENTS', 'events of a request', {
    least: 1,
    most: 100_000,
    fallback: 10_000,
  }),
  queueEvents: number('QUEUE_EVENTS', 'events that are taken and not yet acknowledged', {
    least: 1,
    most: 1_000_000,
    fallback: 50_000,
  }),
  queueBytes: number('QUEUE_BYTES', 'bytes of the requests that are not yet answered', {
    least: 1024,
    most: 1_073_741_824,
    fallback: 16_777_216,
  }),
  ackSeconds: number('ACK_SECONDS', 'seconds after which a request that is not acknowledged is given up', {
    least: 0.1,
    most: 25,
    whole: false,
    fallback: 20,
  }),
  /** A Service sends requests for a while after a pod was told to end. */
  drainSeconds: number('DRAIN_SECONDS', 'seconds between "not ready" and the end', {
    least: 0,
    most: 20,
    fallback: 5,
  }),
} as const;

export interface GatewayConfig {
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly httpAddress: string;
  readonly metricsAddress: string;
  readonly token: string;
  readonly bodyBytes: number;
  readonly batchEvents: number;
  readonly queueEvents: number;
  readonly queueBytes: number;
  readonly ackSeconds: number;
  readonly drainSeconds: number;
}

/** What the settings have to say to each other, beyond what each may be. @returns the first mistake */
export function contradiction(config: GatewayConfig): string | undefined {
  if (config.bodyBytes > config.queueBytes)
    return `MAX_BODY_BYTES is ${config.bodyBytes} and QUEUE_BYTES ${config.queueBytes}: the largest request would never fit; raise QUEUE_BYTES`;
  if (config.batchEvents > config.queueEvents)
    return `MAX_BATCH_EVENTS is ${config.batchEvents} and QUEUE_EVENTS ${config.queueEvents}: the largest request would never fit; raise QUEUE_EVENTS`;
  return undefined;
}
