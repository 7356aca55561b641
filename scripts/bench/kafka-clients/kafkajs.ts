import { Kafka, logLevel } from 'kafkajs';
import { type BenchClient, batchSize, messageValue, stopwatch, underWay } from './client.ts';

const connect = (address: string) => new Kafka({ brokers: [address], logLevel: logLevel.ERROR });

export const kafkajs: BenchClient = {
  async produce(address, topic, count) {
    const producer = connect(address).producer({ idempotent: true, maxInFlightRequests: underWay });
    await producer.connect();
    let next = 0;
    const send = async () => {
      while (next < count) {
        const from = next;
        next += batchSize;
        const messages = Array.from({ length: Math.min(batchSize, count - from) }, (_, index) => ({
          key: `acc-${(from + index) % 5000}`,
          value: messageValue(from + index),
        }));
        await producer.send({ topic, acks: -1, messages });
      }
    };
    await Promise.all(Array.from({ length: underWay }, send));
    await producer.disconnect();
  },
  async consume(address, topic, count) {
    const consumer = connect(address).consumer({
      groupId: `kafkajs-${Date.now()}`,
      maxBytesPerPartition: 1 << 20,
      maxBytes: 16 << 20,
    });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    const watch = stopwatch(count);
    await consumer.run({
      autoCommit: false,
      partitionsConsumedConcurrently: 4,
      eachBatch: async ({ batch }) => watch.saw(batch.messages.length),
    });
    const milliseconds = await watch.done;
    await consumer.disconnect();
    return milliseconds;
  },
};
