import type { Log, Progress, Traces } from '@plumbline/kit';
import { backoff } from '@plumbline/kit';
import { type Assignment, type Chunk, type Member, type Reader, TopicRemade } from '@plumbline/kit/kafka';
import { isAway, isUnavailable, type Pool } from '@plumbline/kit/postgres';
import { readAvailable, startPositions, verifyTail } from '../store/offsets.ts';
import { ReadTooFar, type Stored, storeChunk } from '../store/store-chunk.ts';
import type { Bell } from './bell.ts';
import { watchGrowth } from './growth.ts';
import type { ConsumerMetrics } from './metrics.ts';
import { pieces } from './pieces.ts';
import { traceparents } from './traceparents.ts';

export interface SessionOptions {
  readonly pool: Pool;
  readonly topic: string;
  readonly member: Member;
  readonly reader: Reader;
  readonly batchRows: number;
  readonly sessionSeconds: number;
  readonly topicCheckSeconds: number;
  readonly log: Log;
  readonly metrics: ConsumerMetrics;
  readonly progress: Progress;
  readonly traces: Traces;
  readonly signal: AbortSignal;
  /** Rings when the assignment changes. */
  readonly bell: Bell;
  /** Told whether it is in the group and reads. */
  readonly onReady: (ready: boolean) => void;
}

/** How often the group is told how far the partitions are, in milliseconds: for people who look at the lag. */
const commitEvery = 1000;
/** Partitions that are stored at a time: while one waits for the disk at its commit, others copy. */
export const storers = 4;

/**
 * Reads and stores as one member of the group, until the signal is aborted or the membership broke. This loop alone
 * moves positions, and always to what the database has: each assignment begins at the stored offsets, and while one
 * batch is stored the next is read.
 * @throws TopicRemade, and whatever the broker failed with: then a new member is due.
 */
export async function runSession(options: SessionOptions): Promise<void> {
  const { pool, topic, member, reader, log, metrics, progress, signal } = options;
  let assignment: Assignment | undefined;
  let topicId = '';
  let positions = new Map<number, bigint>();
  let ahead: Promise<Chunk[]> | undefined;
  let committed = 0;
  /** Where each partition ended when it was last read: what lies before is there to be read at once. */
  const ends = new Map<number, bigint>();
  /** The leader epoch in which each partition was read last, since it was assigned. */
  const epochs = new Map<number, number>();
  /** True once per change of a partition's leader: the new one may have less than what was read. */
  const hasNewLeader = ({ partition, batches }: Chunk) => {
    const before = epochs.get(partition);
    const [first, last] = [batches[0]?.epoch, batches.at(-1)?.epoch];
    if (last !== undefined) epochs.set(partition, last);
    return before !== undefined && first !== undefined && first !== before;
  };

  const isBehind = (next: ReadonlyMap<number, bigint>) =>
    [...next].some(([partition, position]) => position < (ends.get(partition) ?? 0n));
  const isCurrent = () => member.assignment()?.number === assignment?.number;
  const begin = async (newest: Assignment) => {
    // The broker keeps one session of fetches: the next one begins when this one has ended.
    await ahead?.catch(() => {});
    ahead = undefined;
    metrics.lag.reset();
    const available = await readAvailable(reader, newest.partitions);
    const start = await retrying(options, 'postgres', () =>
      startPositions({
        pool,
        topic,
        available,
        onLost(partition, count) {
          metrics.lost.inc(Number(count));
          log.error({ partition, count: Number(count) }, 'retention removed records before they were read');
        },
      }),
    );
    if (start === undefined) return;
    ({ topicId } = available);
    await verifyTail(reader, topic, topicId, start);
    ({ positions } = start);
    epochs.clear();
    assignment = newest;
    log.info({ partitions: newest.partitions, assignment: newest.number }, 'assigned');
  };

  const checkGrowth = watchGrowth(member, options.topicCheckSeconds);

  while (!signal.aborted) {
    checkGrowth();
    const broken = member.broken();
    if (broken !== undefined) throw new Error(`the group was left: ${broken.message}`, { cause: broken });
    const newest = member.assignment();
    if (newest !== undefined && newest.number !== assignment?.number) {
      await begin(newest);
      continue;
    }
    if (positions.size === 0) {
      options.onReady(true);
      progress.done();
      await options.bell.wait(1000, signal);
      continue;
    }
    const chunks = await (ahead ?? reader.fetch(positions, topicId, isBehind(positions)));
    options.onReady(true);
    progress.available();
    ahead = undefined;
    if (!isCurrent()) continue;
    for (const { partition, end } of chunks) ends.set(partition, end);
    const full = chunks.filter(({ from, next }) => next > from);
    // Every partition is asked, since asking notes its epoch.
    if (full.filter(hasNewLeader).length > 0) {
      log.info('another broker leads; looking whether it has what was read');
      assignment = undefined;
      continue;
    }
    const after = new Map(positions);
    for (const { partition, next } of full) after.set(partition, next);
    if (full.length > 0) {
      ahead = reader.fetch(after, topicId, isBehind(after));
      // Awaited in the next round, or dropped with its assignment.
      ahead.catch(() => {});
    }
    const stored = await storeAll(options, full, isCurrent);
    if (stored === 'reposition') {
      assignment = undefined;
      continue;
    }
    if (stored === 'stale') continue;
    for (const [partition, next] of stored) {
      // Higher than what was read, where another stored it meanwhile.
      after.set(partition, next);
    }
    positions = after;
    let lag = 0;
    for (const { partition, end } of chunks) {
      const behind = Math.max(0, Number(end - (positions.get(partition) ?? end)));
      metrics.lag.set({ partition: String(partition) }, behind);
      lag += behind;
    }
    if (full.length > 0 || lag === 0) progress.done();
    if (full.length > 0 && performance.now() - committed > commitEvery) {
      committed = performance.now();
      // Nothing depends on it, so nothing waits for it.
      member.commit(positions).catch((error) => log.debug({ err: error }, 'the group was not told'));
    }
  }
  options.onReady(false);
  await member.commit(positions).catch((error) => log.debug({ err: error }, 'the group was not told'));
}

/** Stores what was read, some partitions at a time; resolves with the offsets that the database has now. */
async function storeAll(
  options: SessionOptions,
  chunks: readonly Chunk[],
  isCurrent: () => boolean,
): Promise<Map<number, bigint> | 'stale' | 'reposition'> {
  const { pool, topic, metrics, log, traces } = options;
  const stored = new Map<number, bigint>();
  const waiting = [...chunks];
  let outcome: 'stale' | 'reposition' | undefined;
  const store = async () => {
    for (let chunk = waiting.shift(); chunk !== undefined; chunk = waiting.shift()) {
      for (const piece of pieces(chunk, options.batchRows)) {
        if (outcome !== undefined) return;
        const span = traces.enabled
          ? traces.start('store transactions', 'consumer', undefined, traceparents(piece))
          : undefined;
        let result: Stored | undefined;
        try {
          result = await retrying(
            options,
            'postgres',
            async () => {
              const end = metrics.seconds.startTimer();
              const done = await storeChunk(pool, topic, piece, options.sessionSeconds);
              end();
              return done;
            },
            isCurrent,
          );
        } catch (error) {
          span?.end({}, (error as Error).message);
          if (!(error instanceof ReadTooFar)) throw error;
          log.warn({ partition: piece.partition }, error.message);
          outcome = 'reposition';
          return;
        }
        if (result === undefined) {
          outcome = 'stale';
          return;
        }
        span?.end({ rows: result.inserted, partition: piece.partition });
        metrics.rows.inc(result.inserted);
        metrics.known.inc(result.known);
        metrics.buried.inc(result.buried);
        if (result.buried > 0) {
          log.warn({ partition: piece.partition, count: result.buried }, 'records that are no transactions');
        }
        stored.set(piece.partition, result.next);
        options.progress.done();
      }
    }
  };
  await Promise.all(Array.from({ length: storers }, store));
  return outcome ?? stored;
}

/**
 * Tries until it succeeds, as long as it may succeed later; undefined when told to end or no longer current. A database
 * that answers and does not let it through stops no clock: that is what progress watches for.
 * @throws what trying again does not mend.
 */
async function retrying<Value>(
  { log, metrics, progress, signal }: SessionOptions,
  dependency: string,
  work: () => Promise<Value>,
  isCurrent: () => boolean = () => true,
): Promise<Value | undefined> {
  const waits = backoff();
  while (!signal.aborted && isCurrent()) {
    try {
      const value = await work();
      progress.available();
      return value;
    } catch (error) {
      if (error instanceof TopicRemade || error instanceof ReadTooFar || !isUnavailable(error)) throw error;
      const away = isAway(error);
      if (away) progress.unavailable();
      metrics.failures.inc({ dependency });
      const what = away ? `${dependency} does not answer` : `${dependency} did not let it through`;
      log.warn({ err: error, attempts: waits.attempts() }, `${what}; trying again`);
      await waits.wait(signal);
    }
  }
  return undefined;
}
