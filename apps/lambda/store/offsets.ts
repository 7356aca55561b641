import { type Reader, TopicRemade } from '@plumbline/kit/kafka';
import type { Pool } from '@plumbline/kit/postgres';
import { sql } from '../sql/index.ts';

/** What the broker has of some partitions. */
export interface Available {
  readonly topicId: string;
  readonly bounds: Awaited<ReturnType<Reader['bounds']>>;
}

export interface StartOptions {
  readonly pool: Pool;
  readonly topic: string;
  readonly available: Available;
  /** Told when the broker threw away records before they were read. */
  readonly onLost: (partition: number, count: bigint) => void;
}

/** Where to read on: the offsets that the database has. */
export interface Start {
  readonly positions: Map<number, bigint>;
  /** The batches that were read last, where the broker should still have them. */
  readonly marks: Map<number, string>;
}

/** Asks the broker. @throws what it failed with. */
export async function readAvailable(reader: Reader, partitions: readonly number[]): Promise<Available> {
  return { topicId: await reader.topicId(), bounds: await reader.bounds(partitions) };
}

/**
 * The stored offsets of some partitions; one that was never read begins at its first record. Records that retention
 * removed before they were read are skipped, and told.
 * @throws TopicRemade when the topic is not the one that was read, or ends before what was read.
 */
export async function startPositions(options: StartOptions): Promise<Start> {
  const { pool, topic, available, onLost } = options;
  const { topicId, bounds } = available;
  for (const [partition, { first }] of bounds) {
    const made = await pool.query(sql['begin-offset'], [topic, partition, topicId, first.toString()]);
    // Made just now, and its first records are gone already.
    if (made.rowCount === 1 && first > 0n) onLost(partition, first);
  }
  const { rows } = await pool.query<{
    partition: number;
    topic_id: string;
    next_offset: string;
    last_batch: string | null;
  }>(sql['read-offsets'], [topic, [...bounds.keys()]]);
  const positions = new Map<number, bigint>();
  const marks = new Map<number, string>();
  for (const { partition, topic_id, next_offset, last_batch } of rows) {
    const { first, end } = bounds.get(partition) ?? { first: 0n, end: 0n };
    const stored = BigInt(next_offset);
    if (topic_id !== topicId)
      throw new TopicRemade(`partition ${partition}: ${remade(topic, topic_id, topicId)}`);
    if (stored > end) {
      throw new TopicRemade(
        `partition ${partition} of ${topic} ends at ${end}, and was read up to ${stored}: ${lost(topic, partition)}`,
      );
    }
    if (stored < first) {
      onLost(partition, first - stored);
      await pool.query(sql['skip-lost'], [topic, partition, next_offset, first.toString()]);
    } else if (stored > first && holds(last_batch, stored - 1n)) marks.set(partition, last_batch);
    positions.set(partition, stored < first ? first : stored);
  }
  return { positions, marks };
}

/**
 * Whether the broker still has what was read last, and did not lose it and write something else in its place.
 * @throws TopicRemade when it did, and what the broker failed with.
 */
export async function verifyTail(
  reader: Reader,
  topic: string,
  topicId: string,
  start: Start,
): Promise<void> {
  for (const [partition, mark] of start.marks) {
    const position = start.positions.get(partition) ?? 0n;
    const found = await reader.batchBelow(partition, position, topicId);
    // Nothing where something was read: compaction removed it.
    if (found === undefined || found.mark === mark) continue;
    throw new TopicRemade(
      `partition ${partition} of ${topic} was read up to ${position}, and has another batch there now (${found.mark}) than was read (${mark}): ${lost(topic, partition)}`,
    );
  }
}

/** Whether a batch's mark says that it has an offset; not when a person moved the position elsewhere. */
function holds(mark: string | null, offset: bigint): mark is string {
  const [, first, last] = /^(\d+)-(\d+)\//.exec(mark ?? '') ?? [];
  return first !== undefined && last !== undefined && BigInt(first) <= offset && offset <= BigInt(last);
}

function remade(topic: string, before: string, now: string): string {
  return `the topic ${topic} was read under the id ${before} and has ${now} now: it was made anew. When what is in it should be read from its beginning, DELETE FROM stream_offsets WHERE topic = '${topic}'`;
}

function lost(topic: string, partition: number): string {
  return `the broker lost records. To read what it has from the beginning (a known event changes nothing), DELETE FROM stream_offsets WHERE topic = '${topic}' AND partition = ${partition}`;
}
