import { Consumer } from '@platformatic/kafka';
import { openReader } from '../../../apps/kit/kafka/index.ts';

/** A record of the topic, read. */
export interface InTopic {
  readonly partition: number;
  readonly offset: number;
  readonly key: string;
  // biome-ignore lint/suspicious/noExplicitAny: what a test looks at, it knows
  readonly event: any;
}

/** Reads everything that a topic holds now, partition by partition in their order. */
export async function readTopic(address: string, topic: string): Promise<InTopic[]> {
  const client = new Consumer({
    groupId: 'test',
    clientId: 'test',
    bootstrapBrokers: [address],
    retries: 10,
    timeout: 10_000,
  });
  client.on('error', () => {});
  try {
    const reader = openReader(client, {
      topic,
      maxBytes: 16 << 20,
      partitionBytes: 4 << 20,
      minBytes: 1,
      waitMilliseconds: 100,
    });
    const id = await reader.topicId();
    const bounds = await reader.bounds(Array.from({ length: 12 }, (_, partition) => partition));
    const found: InTopic[] = [];
    const positions = new Map(
      [...bounds]
        .filter(([, { first, end }]) => end > first)
        .map(([partition, { first }]) => [partition, first]),
    );
    while (positions.size > 0) {
      for (const { partition, next, records } of await reader.fetch(positions, id, true)) {
        for (const { offset, key, value } of records) {
          found.push({ partition, offset, key: String(key), event: JSON.parse(String(value)) });
        }
        if (next >= (bounds.get(partition)?.end ?? 0n)) positions.delete(partition);
        else positions.set(partition, next);
      }
    }
    return found.sort((a, b) => a.partition - b.partition || a.offset - b.offset);
  } finally {
    await client.close(true);
  }
}
