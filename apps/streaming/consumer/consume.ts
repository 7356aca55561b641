import { setTimeout as sleep } from 'node:timers/promises';
import { backoff, type Log, type Progress } from '@plumbline/kit';
import {
  type Chunk,
  joinGroup,
  type KafkaAccess,
  type KafkaRecord,
  type Member,
  openReader,
  type Reader,
  type TransactionalProducer,
} from '@plumbline/kit/kafka';
import type { Decoder } from '../registry/index.ts';
import type { ConsumerMetrics } from './metrics.ts';

/** What the orders of one category came to in one minute. */
export interface Revenue {
  readonly category: string;
  /** When it began, in milliseconds since 1970. */
  readonly minute: number;
  readonly orders: number;
  readonly items: number;
  readonly revenue_cents: number;
}

export interface ConsumeOptions extends KafkaAccess {
  readonly brokers: readonly string[];
  /** The topic of the sums. */
  readonly revenue: string;
  readonly deadLetter: string;
  readonly group: string;
  readonly pod: string;
  readonly sessionSeconds: number;
  readonly decoder: Decoder<Revenue>;
  readonly deadLetters: TransactionalProducer;
  readonly log: Log;
  readonly metrics: ConsumerMetrics;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  readonly onReady: (ready: boolean) => void;
  readonly onRevenue: (revenue: Revenue) => void;
}

/**
 * Reads what is committed, as one member of the group, until the signal is aborted; begins again, with growing waits,
 * when broker or registry go away. What cannot be read goes to the dead letters before its offset is committed.
 */
export async function consume(options: ConsumeOptions): Promise<void> {
  const { log, metrics, progress, signal } = options;
  const waits = backoff();
  while (!signal.aborted) {
    let member: Member | undefined;
    try {
      const { brokers, caFile = '', username = '', password = '' } = options;
      member = await joinGroup({
        ...{ brokers, caFile, username, password },
        topic: options.revenue,
        group: options.group,
        clientId: options.pod,
        sessionSeconds: options.sessionSeconds,
        onChange: () => {},
      });
      await runSession(options, member, waits.reset);
    } catch (error) {
      options.onReady(false);
      if (error instanceof TypeError || error instanceof RangeError) throw error;
      progress.unavailable();
      metrics.failures.inc({
        dependency: error instanceof Error && error.name === 'RegistryError' ? 'registry' : 'kafka',
      });
      log.warn({ err: error, attempts: waits.attempts() }, 'broker or registry do not answer; joining again');
      await waits.wait(signal);
    } finally {
      await member?.close().catch((error) => log.debug({ err: error }, 'left the group without a word'));
    }
  }
}

/** Reads as a member. This loop alone moves positions; each assignment begins where the group was told last. */
async function runSession(options: ConsumeOptions, member: Member, onSuccess: () => void): Promise<void> {
  const { progress, metrics, signal, log } = options;
  const reader = openReader(member.client, {
    topic: options.revenue,
    maxBytes: 4 << 20,
    partitionBytes: 1 << 20,
    minBytes: 1,
    waitMilliseconds: 500,
  });
  const topicId = await reader.topicId();
  let assignment = 0;
  let positions = new Map<number, bigint>();
  while (!signal.aborted) {
    const broken = member.broken();
    if (broken !== undefined) throw new Error(`the group was left: ${broken.message}`, { cause: broken });
    const newest = member.assignment();
    if (newest !== undefined && newest.number !== assignment) {
      metrics.lag.reset();
      positions = await startPositions(options, member, reader, newest.partitions);
      assignment = newest.number;
      log.info({ partitions: newest.partitions }, 'assigned');
    }
    if (positions.size === 0) {
      await sleep(250, undefined, { signal }).catch(() => {});
    } else {
      const chunks = await reader.fetch(positions, topicId, false);
      // Of an older assignment: another reads them now.
      if (member.assignment()?.number !== assignment) continue;
      await take(options, chunks);
      const read = chunks.filter(({ from, next }) => next > from);
      for (const { partition, next } of read) positions.set(partition, next);
      if (read.length > 0) await member.commit(new Map(read.map(({ partition, next }) => [partition, next])));
      for (const { partition, next, end } of chunks) {
        metrics.lag.set({ partition: String(partition) }, Math.max(0, Number(end - next)));
      }
    }
    if (newest !== undefined) {
      onSuccess();
      progress.available();
      progress.done();
      options.onReady(true);
    }
  }
  options.onReady(false);
}

async function startPositions(
  { metrics, log }: ConsumeOptions,
  member: Member,
  reader: Reader,
  partitions: readonly number[],
): Promise<Map<number, bigint>> {
  if (partitions.length === 0) return new Map();
  const [committed, bounds] = [await member.committed(partitions), await reader.bounds(partitions)];
  const positions = new Map<number, bigint>();
  for (const partition of partitions) {
    const { first, end } = bounds.get(partition) ?? { first: 0n, end: 0n };
    const told = committed.get(partition);
    if (told !== undefined && told < first) {
      metrics.lost.inc(Number(first - told));
      log.error(
        { partition, count: Number(first - told) },
        'retention removed records before they were read',
      );
    }
    // A topic that was made again is read from its first record.
    const known = told !== undefined && told >= first && told <= end;
    positions.set(partition, known ? told : first);
  }
  return positions;
}

/** Takes records in their order; buries those that cannot be read. */
async function take(options: ConsumeOptions, chunks: readonly Chunk[]): Promise<void> {
  const { decoder, metrics, deadLetters, deadLetter, revenue: topic, log } = options;
  await decoder.prepare(chunks.flatMap(({ records }) => records.map(({ value }) => value)));
  const buried: { readonly partition: number; readonly record: KafkaRecord; readonly reason: string }[] = [];
  for (const { partition, records } of chunks) {
    for (const record of records) {
      const decoded = decoder.decode(record.value);
      if (decoded.ok) options.onRevenue(decoded.value);
      else buried.push({ partition, record, reason: decoded.reason });
    }
  }
  if (buried.length === 0) return;
  await deadLetters.write(
    buried.map(({ partition, record, reason }) => ({
      topic: deadLetter,
      // Whoever reads them knows one that was buried twice by it.
      key: Buffer.from(`${topic}/${partition}/${record.offset}`),
      value: record.value ?? Buffer.alloc(0),
      headers: new Map([
        ['topic', topic],
        ['partition', String(partition)],
        ['offset', String(record.offset)],
        ['error', reason.slice(0, 500)],
      ]),
    })),
  );
  metrics.buried.inc(buried.length);
  log.warn({ count: buried.length, first: buried[0]?.reason }, 'records that could not be read');
}
