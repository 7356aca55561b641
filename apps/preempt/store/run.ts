import { backoff, type Log, type Progress } from '@plumbline/kit';
import { mysqlErrno, type Pool } from '@plumbline/kit/mysql';
import { isUnavailable, type Redis, redisCode } from '@plumbline/kit/redis';
import type { Group } from './group.ts';
import { createHandler, type Handler } from './handle.ts';
import type { Knowledge } from './known.ts';
import type { StoreMetrics } from './metrics.ts';

export interface RunOptions {
  readonly group: Group;
  /** Of its own: it waits in blocking commands. */
  readonly waiting: Redis;
  readonly stream: string;
  readonly maxDeliveries: number;
  readonly batchEntries: number;
  readonly claimSeconds: number;
  readonly retrySeconds: number;
  readonly pool: Pool;
  readonly knowledge: Knowledge;
  readonly log: Log;
  readonly metrics: StoreMetrics;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  readonly onReady: (ready: boolean) => void;
}

/** How long it waits for a new entry before it looks after the rest, in milliseconds. */
const waitMilliseconds = 1000;
/** A consumer that has nothing pending and was not seen for so long is gone. */
const goneMilliseconds = 10 * 60_000;
/** One that has nothing to store asks the database so often whether it is there. */
const idleMilliseconds = 5000;

/**
 * Stores the stream until the signal is aborted: first what this consumer had before, then what dead ones had, then what
 * is new. An entry is acknowledged after its rows are committed, so one that is delivered again changes nothing; one that
 * cannot be stored stays pending, and is buried at its last delivery. While the database does not answer, nothing is
 * taken but what is read ahead: two batches at most. Begins again, with growing waits, when Redis goes away. @throws what trying again does not mend.
 */
export async function runStore(options: RunOptions): Promise<void> {
  const { group, log, metrics, progress, signal } = options;
  const waits = backoff();
  const handler = createHandler(options);
  let ready = false;
  while (!signal.aborted) {
    try {
      await handler.databaseAnswers();
      if (signal.aborted) break;
      if (await group.open()) log.warn('the group was made: the stream is read from its beginning');
      await handlePending(options, handler, 0);
      ready = true;
      await follow(options, handler, waits.reset);
    } catch (error) {
      ready = false;
      options.onReady(false);
      // What the database refuses, and nobody waits for, is no silence of Redis.
      if (mysqlErrno(error) !== undefined) throw error;
      if (!isUnavailable(error) && redisCode(error) !== 'NOGROUP') throw error;
      progress.unavailable();
      metrics.failures.inc({ dependency: 'redis' });
      log.warn({ err: error, attempts: waits.attempts() }, 'redis does not answer; trying again');
      await waits.wait(signal);
    }
  }
  // Nobody waits for a consumer that has nothing.
  if (ready) await group.removeConsumers(goneMilliseconds, true).catch(() => {});
}

/**
 * Goes on until the signal is aborted, or Redis fails. What comes next is read while the database stores what came
 * before: the two never wait for each other.
 */
async function follow(options: RunOptions, handler: Handler, onRound: () => void): Promise<void> {
  const { group, waiting, stream, progress, signal, batchEntries, retrySeconds } = options;
  const looksAfter = createRounds(options, handler);
  let [retriedAt, answeredAt] = [performance.now(), performance.now()];
  let storing: Promise<void> = Promise.resolve();
  try {
    while (!signal.aborted) {
      const retries = performance.now() - retriedAt > retrySeconds * 500;
      // What is being stored is pending as well: it is not to be taken for what failed.
      if (retries || looksAfter.due()) await storing;
      await looksAfter.round();
      if (retries) {
        await handlePending(options, handler, retrySeconds * 1000);
        retriedAt = performance.now();
      }
      const { entries, last, lost } = await group.readNew(batchEntries);
      handler.got(entries);
      handler.lost(lost, 'were trimmed before anybody had them');
      await storing;
      progress.available();
      options.onReady(true);
      onRound();
      if (entries.length > 0) {
        storing = handler.handle(entries);
        answeredAt = performance.now();
        // It is awaited a round later.
        storing.catch(() => {});
        continue;
      }
      if (performance.now() - answeredAt > idleMilliseconds) {
        await handler.databaseAnswers();
        answeredAt = performance.now();
      }
      progress.done();
      const command = ['XREAD', 'COUNT', 1, 'BLOCK', waitMilliseconds, 'STREAMS', stream, last];
      await waiting.send(command, { block: waitMilliseconds });
    }
  } finally {
    await storing;
  }
}

/** What this consumer has had for so long already: what it held when it died, and what was refused before. */
async function handlePending(options: RunOptions, handler: Handler, idle: number): Promise<void> {
  const { group, batchEntries, signal } = options;
  let after = '-';
  while (!signal.aborted) {
    const pending = await group.ownPending(batchEntries, idle, after);
    if (pending.length === 0) return;
    await handler.handlePending(pending);
    after = `(${pending.at(-1)?.id}`;
  }
}

/** Claims, trims and counts, each when its time has come. */
function createRounds(options: RunOptions, handler: Handler) {
  const { group, metrics, batchEntries, claimSeconds } = options;
  let [claimedAt, countedAt] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const claims = () => performance.now() - claimedAt > claimSeconds * 250;
  return {
    /** Whether others' entries are claimed in the next round. */
    due: claims,
    async round() {
      if (claims()) {
        claimedAt = performance.now();
        const { claimed, lost } = await group.claimDead(batchEntries, claimSeconds * 1000);
        handler.lost(lost, 'were trimmed while a consumer had them');
        if (claimed.length > 0) {
          options.log.info({ entries: claimed.length }, 'took over what another consumer had');
          await handler.handlePending(claimed);
        }
        await group.removeConsumers(goneMilliseconds);
      }
      if (performance.now() - countedAt > 1000) {
        countedAt = performance.now();
        metrics.trimmed.inc(await group.trim());
        const { lost, dead, waiting } = await group.counts();
        metrics.lost.set(lost);
        metrics.dead.set(dead);
        metrics.waiting.set(waiting);
      }
    },
  };
}
