import { Producer } from '@platformatic/kafka';
import { partitioner } from './partition.ts';
import { connection, type KafkaConfig } from './settings.ts';

export interface Message {
  readonly key: string | Buffer;
  readonly value: string | Buffer;
  readonly traceparent?: string;
}

export interface MessageProducer {
  /** Resolves once all in-sync replicas have them; throws otherwise, and then some may have arrived all the same. */
  readonly send: (messages: readonly Message[]) => Promise<void>;
  /** Asks the brokers for the topic; throws when none answers, or when it is not there. */
  readonly reach: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** An idempotent producer with acks of all in-sync replicas; a key's messages go to one partition, in their order. */
export function connectProducer(config: KafkaConfig, clientId: string): MessageProducer {
  const producer = new Producer({ ...connection(config, clientId), idempotent: true, acks: -1, partitioner });
  // A request that fails rejects its promise; the same as an event would end the process.
  producer.on('error', () => {});
  return {
    async send(messages) {
      await producer.send({
        messages: messages.map(({ key, value, traceparent }) => ({
          topic: config.topic,
          key: bytesOf(key),
          value: bytesOf(value),
          ...(traceparent === undefined || traceparent === ''
            ? {}
            : { headers: new Map([[Buffer.from('traceparent'), Buffer.from(traceparent)]]) }),
        })),
      });
    },
    async reach() {
      await producer.metadata({ topics: [config.topic], forceUpdate: true });
    },
    close: () => producer.close(),
  };
}

const bytesOf = (text: string | Buffer) => (typeof text === 'string' ? Buffer.from(text) : text);
