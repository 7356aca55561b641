import { Consumer, Producer } from '@platformatic/kafka';
import { type BenchClient, batchSize, messageValue, partitions, stopwatch } from './client.ts';

async function produce(address: string, topic: string, count: number): Promise<void> {
  const producer = new Producer({ clientId: 'bench', bootstrapBrokers: [address], idempotent: true });
  let next = 0;
  const send = async () => {
    while (next < count) {
      const from = next;
      next += batchSize;
      const messages = Array.from({ length: Math.min(batchSize, count - from) }, (_, index) => ({
        topic,
        key: Buffer.from(`acc-${(from + index) % 5000}`),
        value: Buffer.from(messageValue(from + index)),
      }));
      await producer.send({ messages, acks: -1 });
    }
  };
  // An idempotent producer numbers its batches: one under way.
  await send();
  await producer.close();
}

const connect = (address: string) =>
  new Consumer({
    clientId: 'bench',
    groupId: `platformatic-${Date.now()}`,
    bootstrapBrokers: [address],
    maxWaitTime: 500,
    maxBytes: 16 << 20,
  });

/** Its stream: an object a message. */
export const platformaticStream: BenchClient = {
  produce,
  async consume(address, topic, count) {
    const consumer = connect(address);
    const watch = stopwatch(count);
    const stream = await consumer.consume({
      topics: [topic],
      autocommit: false,
      mode: 'committed',
      fallbackMode: 'earliest',
    });
    stream.on('data', () => watch.saw(1));
    const milliseconds = await watch.done;
    await consumer.close(true);
    return milliseconds;
  },
};

/** Its fetch request, with the positions kept by the caller: a batch at a time. */
export const platformaticFetch: BenchClient = {
  produce,
  async consume(address, topic, count) {
    const consumer = connect(address);
    const watch = stopwatch(count);
    const metadata = await consumer.metadata({ topics: [topic] });
    const { id, partitions: leaders } = metadata.topics.get(topic) ?? { id: '', partitions: {} };
    const positions = new Map(Array.from({ length: partitions }, (_, partition) => [partition, 0n]));
    let running = true;
    void watch.done.then(() => {
      running = false;
    });
    while (running) {
      const response = await consumer.fetch({
        node: Object.values(leaders)[0]?.leader ?? 0,
        maxWaitTime: 500,
        minBytes: 1,
        maxBytes: 4 << 20,
        topics: [
          {
            topicId: id,
            partitions: [...positions].map(([partition, fetchOffset]) => ({
              partition,
              fetchOffset,
              currentLeaderEpoch: -1,
              lastFetchedEpoch: -1,
              partitionMaxBytes: 1 << 20,
            })),
          },
        ],
      });
      for (const { partitions: answered } of response.responses) {
        for (const { partitionIndex, records } of answered) {
          for (const batch of records ?? []) {
            watch.saw(batch.records.length);
            positions.set(partitionIndex, batch.firstOffset + BigInt(batch.lastOffsetDelta) + 1n);
          }
        }
      }
    }
    const milliseconds = await watch.done;
    await consumer.close(true);
    return milliseconds;
  },
};
