import { type Chunk, type KafkaRecord, TopicRemade } from '@plumbline/kit/kafka';
import { inTransaction, type Pool, type PoolClient, sqlState } from '@plumbline/kit/postgres';
import { sql } from '../sql/index.ts';
import { eventRow } from '../transaction/event.ts';
import { loadRows } from './load-rows.ts';
import { createRowBuffer } from './row-buffer.ts';

/** What storing some records came to. */
export interface Stored {
  /** The next offset that the database has now: where reading goes on. */
  readonly next: bigint;
  readonly inserted: number;
  readonly known: number;
  readonly buried: number;
}

/** The database is behind what was read: something between is in neither, so reading goes back. */
export class ReadTooFar extends Error {
  override readonly name = 'ReadTooFar';
}

/**
 * Stores what a partition gave, with the next offset, in one transaction. The row of the offset is locked first, so
 * that of two who were given the same partition one comes after the other; what the database has already is dropped.
 * Who waits too long for that lock ends whoever was frozen with it for longer than its membership in the group lasts.
 * Records that are no transactions are buried in the same transaction, with their origin and their error.
 * @throws TopicRemade when the records come from another topic of the same name than the stored offset;
 * ReadTooFar when the stored offset is lower than where the chunk begins.
 */
export async function storeChunk(
  pool: Pool,
  topic: string,
  chunk: Chunk,
  sessionSeconds: number,
): Promise<Stored> {
  try {
    return await storeInTransaction(pool, topic, chunk);
  } catch (error) {
    if (sqlState(error) === lockNotAvailable) await pool.query(sql['end-frozen'], [sessionSeconds]);
    throw error;
  }
}

const lockNotAvailable = '55P03';

function storeInTransaction(pool: Pool, topic: string, chunk: Chunk): Promise<Stored> {
  return inTransaction(pool, async (client) => {
    const stored = await lockOffset(client, topic, chunk);
    if (stored >= chunk.next) return { next: stored, inserted: 0, known: 0, buried: 0 };
    const records =
      stored === chunk.from ? chunk.records : chunk.records.filter(({ offset }) => offset >= stored);
    const rows = createRowBuffer();
    const sources: KafkaRecord[] = [];
    const dead: { record: KafkaRecord; reason: string }[] = [];
    for (const record of records) {
      const row = eventRow(record.value);
      if (row.ok) {
        rows.add(row.line);
        sources.push(record);
      } else dead.push({ record, reason: row.reason });
    }
    const { inserted, known, refused } = await loadRows(client, rows.take());
    for (const { index, reason } of refused) dead.push({ record: sources[index] as KafkaRecord, reason });
    if (dead.length > 0) {
      await client.query(sql.bury, [
        chunk.topicId,
        topic,
        chunk.partition,
        dead.map(({ record }) => record.offset.toString()),
        dead.map(({ record }) => record.key),
        dead.map(({ record }) => record.value),
        dead.map(({ reason }) => reason),
      ]);
    }
    const last = chunk.batches.find(({ next }) => next >= chunk.next);
    await client.query(sql['store-offset'], [
      topic,
      chunk.partition,
      chunk.next.toString(),
      last?.mark ?? null,
    ]);
    return { next: chunk.next, inserted, known, buried: dead.length };
  });
}

async function lockOffset(client: PoolClient, topic: string, chunk: Chunk): Promise<bigint> {
  const { rows } = await client.query<{ topic_id: string; next_offset: string }>(sql['lock-offset'], [
    topic,
    chunk.partition,
  ]);
  const [row] = rows;
  if (row === undefined) throw new ReadTooFar(`partition ${chunk.partition} has no stored offset any more`);
  if (row.topic_id !== chunk.topicId) {
    throw new TopicRemade(
      `partition ${chunk.partition} of ${topic} was stored under the topic id ${row.topic_id}, and these records have ${chunk.topicId}`,
    );
  }
  const stored = BigInt(row.next_offset);
  if (stored < chunk.from) {
    throw new ReadTooFar(
      `partition ${chunk.partition}: ${stored} is stored, and what was read begins at ${chunk.from}`,
    );
  }
  return stored;
}
