import { setTimeout as sleep } from 'node:timers/promises';
import { backoff, type Log } from '@plumbline/kit';
import { isUnavailable as databaseIsUnavailable, type Pool } from '@plumbline/kit/mysql';
import { type Redis, isUnavailable as redisIsUnavailable } from '@plumbline/kit/redis';
import type { Configuration } from '../configuration.ts';
import { writeObservation } from '../message/observation.ts';
import { sql } from '../sql/index.ts';
import { openBudget } from './budget.ts';
import { type Answer, ask, type Current, type Place } from './source.ts';

export interface CollectOptions {
  readonly pool: Pool;
  readonly redis: Redis;
  readonly configuration: Configuration;
  readonly deadlineSeconds: number;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** What a run came to, in locations. */
export interface Report {
  /** What was to be collected. */
  readonly due: number;
  /** Accepted by the stream. */
  readonly collected: number;
  /** Asked for and answered, with nothing of use in it. */
  readonly empty: number;
  /** Calls noted, each try counted. */
  readonly calls: number;
  /** Why the rest was left. */
  readonly stopped: string | undefined;
}

/** The source's values are of quarters of an hour: what is newer than that has nothing new. */
const freshMilliseconds = 15 * 60_000;
/** Below the source's limits of 600 calls a minute and 5,000 an hour, with twelve runs in it. */
const mostARun = 400;
const mostTries = 4;
const requestMilliseconds = 20_000;

/**
 * Collects what is due, as much of it as the day's budget has for now. A location counts as collected once the stream
 * has acknowledged it, so one that a killed run had in its hands is asked for again. Partial success is kept.
 * @throws what the database fails with at the beginning, once the deadline is over.
 */
export async function collect(options: CollectOptions): Promise<Report> {
  const { pool, redis, configuration, log, signal } = options;
  const { fields, source } = configuration.weather;
  const end = performance.now() + options.deadlineSeconds * 1000;
  const remaining = () => end - performance.now();
  const insist = <Value>(what: string, work: () => Promise<Value>) =>
    insistUntil(what, work, remaining, log, signal);

  // All who collect share one clock: two nodes' own may be hours apart.
  const now = await insist('mysql', () => databaseClock(pool));
  const budget = openBudget(pool, source.dailyBudget, now);
  const count = Math.min(mostARun, await insist('mysql', budget.left));
  const fresh = new Date(now().getTime() - freshMilliseconds);
  const due = await insist('mysql', () => pool.query<Place>(sql['due-locations'], [fresh, now(), count]));
  const requests: Place[][] = [];
  for (let at = 0; at < due.length; at += source.locationsPerRequest) {
    requests.push(due.slice(at, at + source.locationsPerRequest));
  }

  let [collected, empty, calls] = [0, 0, 0];
  let stopped: string | undefined;
  let pausedUntil = 0;
  const stop = (why: string) => {
    stopped ??= why;
  };
  const units = new Map<string, string>();
  const keep = async ({ currents, units: said, sourceTime }: Answer & { kind: 'given' }) => {
    const collectedAt = now();
    noteSkew(sourceTime, collectedAt, log);
    const missing = [...said].filter(([field, unit]) => units.get(field) !== unit);
    if (missing.length > 0) {
      await insist('mysql', () => pool.change(sql['add-fields'], [missing]));
      for (const [field, unit] of missing) units.set(field, unit);
    }
    const useful = currents.filter((one) => one.observedAt !== undefined);
    await send(redis, configuration.stream.name, useful, collectedAt, insist);
    const ids = currents.map(({ place }) => place.id);
    await insist('mysql', () => pool.change(sql['mark-collected'], [collectedAt, ids]));
    collected += useful.length;
    empty += currents.length - useful.length;
  };
  const request = async (places: readonly Place[]) => {
    const waits = backoff(1000, 15_000);
    for (let tries = 1; tries <= mostTries; tries += 1) {
      while (pausedUntil > performance.now() && remaining() > 0 && !signal.aborted) {
        await pause(Math.min(pausedUntil - performance.now(), remaining()), signal);
      }
      if (signal.aborted) return stop('told to end');
      if (remaining() < 1000) return stop('the deadline is over');
      if (stopped !== undefined) return;
      if (!(await insist('mysql', () => budget.spend(places.length)))) return stop('the budget is spent');
      calls += places.length;
      const deadline = Math.min(requestMilliseconds, remaining());
      const answer = await ask({ url: source.url, fields, places, deadline });
      if (answer.kind === 'given') return keep(answer);
      log.warn({ tries, locations: places.length, reason: answer.reason }, `the source: ${answer.kind}`);
      if (answer.kind === 'refused') return stop(`the source refused: ${answer.reason}`);
      if (answer.kind === 'limited' && answer.window !== 'minute') {
        if (answer.window === 'day') await insist('mysql', budget.exhaust);
        return stop(`the source: ${answer.reason}`);
      }
      if (answer.kind === 'failed' && answer.retryAfter === undefined) await waits.wait(signal);
      else {
        // Whoever is told to wait lets the others wait as well. Its minutes end with the clock's.
        const minute = 60_000 - (now().getTime() % 60_000) + Math.random() * 2000;
        pausedUntil = Math.max(pausedUntil, performance.now() + (answer.retryAfter ?? minute));
        if (pausedUntil > end) return stop(`the source: ${answer.reason}, for longer than this run lasts`);
      }
    }
    log.error({ locations: places.length }, `given up after ${mostTries} tries`);
  };
  const waiting = requests.values();
  const worker = async () => {
    for (const places of waiting) {
      if (stopped !== undefined) return;
      await request(places).catch((error: Error) => {
        log.error({ err: error, locations: places.length }, 'what was collected could not be kept');
      });
    }
  };
  await Promise.all(Array.from({ length: source.parallelRequests }, worker));
  return { due: due.length, collected, empty, calls, stopped };
}

/** Gives what was observed to the stream, and resolves when it acknowledged all. What it did not is sent again. */
async function send(
  redis: Redis,
  stream: string,
  currents: readonly Current[],
  collectedAt: Date,
  insist: <Value>(what: string, work: () => Promise<Value>) => Promise<Value>,
): Promise<void> {
  let left = currents;
  await insist('redis', async () => {
    const failed: Current[] = [];
    let why: unknown;
    const one = async (current: Current) => {
      const { place, observedAt = '', values } = current;
      const at = collectedAt.toISOString();
      const data = writeObservation({ location: place.id, collectedAt: at, observedAt, values });
      try {
        await redis.send(['XADD', stream, '*', 'data', data]);
      } catch (error) {
        failed.push(current);
        why = error;
      }
    };
    await Promise.all(left.map(one));
    left = failed;
    if (failed.length > 0) throw why;
  });
}

/** The database's time, carried on by this process's own clock that only grows. */
async function databaseClock(pool: Pool): Promise<() => Date> {
  const before = performance.now();
  const [row] = await pool.query<{ now: Date }>(sql['database-time']);
  const [time, at] = [row?.now.getTime() ?? 0, (before + performance.now()) / 2];
  return () => new Date(time + Math.round(performance.now() - at));
}

function noteSkew(sourceTime: number | undefined, now: Date, log: Log): void {
  const seconds = sourceTime === undefined ? 0 : Math.round((sourceTime - now.getTime()) / 1000);
  if (Math.abs(seconds) > 60) {
    log.warn({ seconds }, "the source's clock is ahead of the database's (or behind, below 0)");
  }
}

/** Tries again while a service is away, up to the deadline of the run. What is at hand is kept even when told to end. */
async function insistUntil<Value>(
  what: string,
  work: () => Promise<Value>,
  remaining: () => number,
  log: Log,
  signal: AbortSignal,
): Promise<Value> {
  const waits = backoff(200, 5000);
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const again = what === 'redis' ? redisIsUnavailable(error) : databaseIsUnavailable(error);
      if (!again || remaining() <= 0) throw error;
      log.warn({ err: error }, `${what} does not answer; trying again`);
      await (signal.aborted ? sleep(500) : waits.wait(signal));
    }
  }
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(Math.max(1, milliseconds), undefined, { signal }).catch(() => {});
}
