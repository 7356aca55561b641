import type { Log } from '@plumbline/kit';
import type { Pool } from '@plumbline/kit/mysql';
import type { Redis } from '@plumbline/kit/redis';
import type { Configuration } from '../configuration.ts';
import { databaseTime } from '../database-time.ts';
import { sql } from '../sql/index.ts';
import { openBudget } from './budget.ts';
import { insistUntil } from './insist.ts';
import { createRequests } from './requests.ts';
import { send } from './send.ts';
import { type Answer, callsOf, type Place } from './source.ts';

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
  /** Refused by the source, each alone. */
  readonly refused: number;
  /** Calls noted, each try counted. */
  readonly calls: number;
  /** Why the rest was left. */
  readonly stopped: string | undefined;
  /** Whether that is that the source wants to be left alone. */
  readonly paused: boolean;
}

/** The source's values are of quarters of an hour: what is newer than that has nothing new. */
const freshMilliseconds = 15 * 60_000;
/** One that the source refuses is asked for again after so long. */
const refusedMilliseconds = 24 * 3_600_000;
/** Calls below the source's limits of 600 a minute and 5,000 an hour, with twelve runs in it. */
const mostARun = 400;

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
  const insist = insistUntil(remaining, log, signal);

  // All who collect share one clock: two nodes' own may be hours apart.
  const now = await insist('mysql', () => databaseClock(pool));
  const budget = openBudget(pool, source.dailyBudget, now);
  const left = await insist('mysql', budget.left);
  const count = Math.floor(Math.min(mostARun, left) / callsOf(1, fields.length));
  if (count === 0) {
    const stopped = 'the budget has nothing now';
    return { due: 0, collected: 0, empty: 0, refused: 0, calls: 0, stopped, paused: false };
  }
  const ago = (milliseconds: number) => new Date(now().getTime() - milliseconds);
  const bounds = [ago(freshMilliseconds), now(), ago(refusedMilliseconds), now()];
  const due = await insist('mysql', () => pool.query<Place>(sql['due-locations'], [...bounds, count]));

  let [collected, empty] = [0, 0];
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
  const markRefused = async (places: readonly Place[]) => {
    const ids = places.map(({ id }) => id);
    await insist('mysql', () => pool.change(sql['mark-refused'], [now(), ids]));
  };
  const requests = createRequests({
    url: source.url,
    fields,
    budget,
    now,
    remaining,
    insist,
    keep,
    markRefused,
    log,
    signal,
  });
  const waiting = slices(due, source.locationsPerRequest).values();
  const worker = async () => {
    for (const places of waiting) {
      if (requests.so().stopped !== undefined) return;
      await requests.request(places).catch((error: Error) => {
        log.error({ err: error, locations: places.length }, 'what was collected could not be kept');
      });
    }
  };
  await Promise.all(Array.from({ length: source.parallelRequests }, worker));
  return { due: due.length, collected, empty, ...requests.so() };
}

function slices(places: readonly Place[], size: number): Place[][] {
  return Array.from({ length: Math.ceil(places.length / size) }, (_, index) =>
    places.slice(index * size, (index + 1) * size),
  );
}

/** The database's time, carried on by this process's own clock that only grows. */
async function databaseClock(pool: Pool): Promise<() => Date> {
  const before = performance.now();
  const time = await databaseTime(pool);
  const at = (before + performance.now()) / 2;
  return () => new Date(time + Math.round(performance.now() - at));
}

function noteSkew(sourceTime: number | undefined, now: Date, log: Log): void {
  const seconds = sourceTime === undefined ? 0 : Math.round((sourceTime - now.getTime()) / 1000);
  if (Math.abs(seconds) > 60) {
    log.warn({ seconds }, "the source's clock is ahead of the database's (or behind, below 0)");
  }
}
