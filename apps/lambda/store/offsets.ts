import { type Reader, TopicRemade } from '@plumbline/kit/kafka';
import type { Pool } from '@plumbline/kit/postgres';
import { sql } from '../sql/index.ts';

export interface StartOptions {
  readonly pool: Pool;
  readonly reader: Reader;
  readonly topic: string;
  readonly partitions: readonly number[];
  /** Told when the broker threw away records before they were read. */
  readonly onLost: (partition: number, count: bigint) => void;
}

/** Where to read on: the offsets that the database has, and the id of the topic that they belong to. */
export interface Start {
  readonly topicId: string;
  readonly positions: Map<number, bigint>;
}

/**
 * The stored offsets of some partitions; one that was never read begins at its first record. Records that retention
 * removed before they were read are skipped, and told.
 * @throws TopicRemade when the topic is not the one that was read, or ends before what was read.
 */
export async function startPositions(options: StartOptions): Promise<Start> {
  const { pool, reader, topic, partitions, onLost } = options;
  const topicId = await reader.topicId();
  const bounds = await reader.bounds(partitions);
  for (const partition of partitions) {
    const first = bounds.get(partition)?.first ?? 0n;
    await pool.query(sql['begin-offset'], [topic, partition, topicId, first.toString()]);
  }
  const { rows } = await pool.query<{ partition: number; topic_id: string; next_offset: string }>(
    sql['read-offsets'],
    [topic, partitions],
  );
  const positions = new Map<number, bigint>();
  for (const { partition, topic_id, next_offset } of rows) {
    const { first, end } = bounds.get(partition) ?? { first: 0n, end: 0n };
    const stored = BigInt(next_offset);
    if (topic_id !== topicId)
      throw new TopicRemade(`partition ${partition}: ${remade(topic, topic_id, topicId)}`);
    if (stored > end) {
      throw new TopicRemade(
        `partition ${partition} of ${topic} ends at ${end}, and was read up to ${stored}: the broker lost records`,
      );
    }
    if (stored < first) {
      onLost(partition, first - stored);
      await pool.query(sql['skip-lost'], [topic, partition, next_offset, first.toString()]);
    }
    positions.set(partition, stored < first ? first : stored);
  }
  return { topicId, positions };
}

function remade(topic: string, before: string, now: string): string {
  return `the topic ${topic} was read under the id ${before} and has ${now} now: it was made anew. When what is in it should be read from its beginning, DELETE FROM stream_offsets WHERE topic = '${topic}'`;
}
