import { choice, httpUrl, listenAddress, matching, number, type Setting } from '@plumbline/kit';
import { kafkaAccessSettings, kafkaSettings } from '@plumbline/kit/kafka';

/** What every worker of the system reads. */
export const workerSettings = {
  logLevel: choice('LOG_LEVEL', ['trace', 'debug', 'info', 'warn', 'error', 'fatal'], 'info'),
  registryUrl: required(
    httpUrl(
      'SCHEMA_REGISTRY_URL',
      "the registry with the path of Confluent's API: http://schema-registry:8081/apis/ccompat/v7",
    ),
  ),
} as const;

/** What workers that talk to Kafka read besides. */
export const brokerSettings = {
  brokers: { ...kafkaSettings.brokers, name: 'KAFKA_BOOTSTRAP_SERVERS' },
  ...kafkaAccessSettings,
} as const;

/** What workers that serve probes and metrics read besides. */
export const servingSettings = {
  metricsAddress: listenAddress('METRICS_ADDRESS', ':9090'),
  pod: matching(
    'POD_NAME',
    'the name of the pod: at most 150 letters, digits, dots and hyphens',
    /^[\w.-]{1,150}$/,
  ),
  stallSeconds: number('STALL_SECONDS', 'seconds without progress until it ends', {
    least: 1,
    most: 3600,
    fallback: 120,
  }),
} as const;

const topic = (name: string): Setting<string> => ({ ...kafkaSettings.topic, name });

/** The topics of Avro, each by the variable that names it. */
export const topicSettings = {
  orders: topic('ORDERS_TOPIC'),
  products: topic('PRODUCTS_TOPIC'),
  revenue: topic('REVENUE_TOPIC'),
  lateOrders: topic('LATE_ORDERS_TOPIC'),
} as const;

/** Where that goes which nobody can read. */
export const deadLetter = topic('DEAD_LETTER_TOPIC');

function required({ fallback: _, ...setting }: Setting<string>): Setting<string> {
  return setting;
}
