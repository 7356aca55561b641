import { list, matching } from '../config.ts';

function isBroker(text: string): boolean {
  const [, port] = /^(?:[\w.-]+|\[[\da-fA-F:.]+\]):(\d{1,5})$/.exec(text) ?? [];
  return port !== undefined && Number(port) >= 1 && Number(port) <= 65_535;
}

/** Where the broker is, and which topic is meant: the variables that the manifests give. */
export const kafkaSettings = {
  brokers: list('KAFKA_BROKERS', 'host:port, or several between commas; a port is 1 to 65535', isBroker),
  // Kafka's own rule: org.apache.kafka.common.internals.Topic.
  topic: matching(
    'KAFKA_TOPIC',
    'the name of the topic: 1 to 249 letters, digits, dots, underscores and hyphens',
    /^(?!\.{1,2}$)[\w.-]{1,249}$/,
  ),
} as const;

export interface KafkaConfig {
  readonly brokers: readonly string[];
  readonly topic: string;
}

/** What every connection is told: deadlines for each request, few tries of its own; the caller backs off. */
export function connection(config: KafkaConfig, clientId: string) {
  return {
    clientId,
    bootstrapBrokers: [...config.brokers],
    connectTimeout: 5000,
    requestTimeout: 10_000,
    timeout: 10_000,
    retries: 2,
    retryDelay: 250,
    metadataMaxAge: 30_000,
  };
}
