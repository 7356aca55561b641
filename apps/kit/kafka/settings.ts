import { readFileSync } from 'node:fs';
import { list, matching, secret, text } from '../config.ts';

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

/** How a client says who it is, where brokers ask; nothing of it where they do not. */
export const kafkaAccessSettings = {
  caFile: text('KAFKA_CA_FILE', "the file with the certificate of the brokers' authority, as PEM", ''),
  username: text('KAFKA_USERNAME', 'the user of Kafka, which needs KAFKA_CA_FILE', ''),
  password: secret('KAFKA_PASSWORD', 'the password of KAFKA_USERNAME', ''),
} as const;

/** What an administrator shows instead of a password. */
export const kafkaCertificateSetting = text(
  'KAFKA_CERTIFICATE_FILE',
  'the file with the key and the certificates of this client, as PEM',
);

export interface KafkaAccess {
  /** Of the authority that vouches for the brokers; without it nothing is encrypted. */
  readonly caFile?: string;
  readonly username?: string;
  readonly password?: string;
  /** Key and certificates in one file. */
  readonly certificateFile?: string;
}

export interface KafkaConfig extends KafkaAccess {
  readonly brokers: readonly string[];
  readonly topic: string;
}

/** @throws Error for a password or a certificate that would go to whoever answers. */
function accessOf({ caFile = '', username = '', password = '', certificateFile = '' }: KafkaAccess) {
  if (caFile === '') {
    if (username === '' && certificateFile === '') return {};
    throw new Error('KAFKA_CA_FILE is not set: who it is would be told to whoever answers');
  }
  const own = certificateFile === '' ? undefined : readFileSync(certificateFile);
  return {
    tls: { ca: readFileSync(caFile), ...(own === undefined ? {} : { cert: own, key: own }) },
    ...(username === '' ? {} : { sasl: { mechanism: 'SCRAM-SHA-512' as const, username, password } }),
  };
}

/** What every connection is told: deadlines for each request, few tries of its own; the caller backs off. */
export function connection(config: Omit<KafkaConfig, 'topic'>, clientId: string) {
  return {
    ...accessOf(config),
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
