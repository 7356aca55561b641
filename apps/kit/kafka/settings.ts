import { list, text } from '../config.ts';

/** Where the broker is, and which topic is meant: the variables that the manifests give. */
export const kafkaSettings = {
  brokers: list('KAFKA_BROKERS', 'host:port, or several between commas', /^[^\s:,]+:\d{1,5}$/),
  topic: text('KAFKA_TOPIC', 'the name of the topic'),
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
