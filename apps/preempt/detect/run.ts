import { setTimeout as sleep } from 'node:timers/promises';
import { backoff, type Log } from '@plumbline/kit';
import { isUnavailable, type Pool } from '@plumbline/kit/mysql';
import type { Configuration } from '../configuration.ts';
import { databaseTime } from '../database-time.ts';
import { day } from '../judgement/index.ts';
import { modelDays, readModels } from '../models/index.ts';
import { sql } from '../sql/index.ts';
import { findDue } from './due.ts';
import { type Judged, judgeLocation } from './judge-location.ts';

export interface DetectOptions {
  readonly pool: Pool;
  readonly configuration: Configuration;
  readonly modelsPath: string;
  readonly log: Log;
  /** Told to end, or out of time. */
  readonly signal: AbortSignal;
  /** Milliseconds since 1970, in place of the database's time; for tests. */
  readonly now?: () => number;
}

/** Tries of one location while the database is away. */
const tries = 6;

/** What a run came to. */
export interface Detected extends Judged {
  /** Locations that were not reached. */
  readonly left: number;
  /** Locations that could not be judged: what is wrong with one is no other's. */
  readonly failed: number;
}

/**
 * Judges every series that has news, the location that waited longest first, and ends. What is not reached in time is the
 * first of the next run. A location that cannot be judged is told and left; two in a row that the database does not answer for are its own.
 * @throws what a database that stays away failed with.
 */
export async function detect(options: DetectOptions): Promise<Detected> {
  const { pool, configuration, modelsPath, log, signal } = options;
  const { windowMinutes, raiseAt, clearAt } = configuration.detector;
  const windowMilliseconds = windowMinutes * 60_000;
  const rows = await retried(options, () =>
    pool.query<{ id: number; name: string }>(sql['read-monitored-fields'], [configuration.weather.fields]),
  );
  const fields = new Map(rows.map(({ id, name }) => [id, name]));
  const due =
    fields.size === 0 ? [] : await retried(options, () => findDue(pool, fields, windowMilliseconds));
  const wanted = new Set(due.map(({ location }) => location));
  // The clock of who trained, whatever this node's says.
  const now = options.now?.() ?? (await retried(options, () => databaseTime(pool)));
  const models = await readModels(modelsPath, wanted, { now, mostDays: modelDays });
  for (const wrong of models.wrong) log.warn({ models: wrong }, 'a model cannot be used');
  const total = { series: 0, byStatistics: 0, unjudged: 0, raised: 0, left: due.length, failed: 0 };
  const historyMilliseconds = configuration.trainer.historyDays * day;
  const judging = { models, fields, windowMilliseconds, historyMilliseconds, raiseAt, clearAt };
  let unanswered = 0;
  for (const one of due) {
    if (signal.aborted) break;
    let judged: Judged;
    try {
      judged = await retried(options, () => judgeLocation(pool, one, judging));
    } catch (error) {
      unanswered = isUnavailable(error) ? unanswered + 1 : 0;
      if (signal.aborted || unanswered > 1) throw error;
      log.error({ err: error, location: one.location }, 'a location cannot be judged; the others go on');
      total.left -= 1;
      total.failed += 1;
      continue;
    }
    unanswered = 0;
    total.left -= 1;
    for (const key of ['series', 'byStatistics', 'unjudged', 'raised'] as const) total[key] += judged[key];
    // Lets a signal in.
    await sleep(0);
  }
  const said = { ...total, model: models.version ?? 'none' };
  if (total.byStatistics > 0) log.warn(said, 'judged, some of it by statistics alone');
  else log.info(said, 'judged');
  if (total.failed > 0)
    log.error({ failed: total.failed }, 'locations could not be judged: their errors stand above');
  if (total.left > 0) log.warn({ left: total.left }, 'locations that the next run begins with');
  return total;
}

async function retried<Value>({ log, signal }: DetectOptions, work: () => Promise<Value>): Promise<Value> {
  const waits = backoff(200, 10_000);
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isUnavailable(error) || waits.attempts() >= tries || signal.aborted) throw error;
      log.warn({ err: error, attempts: waits.attempts() }, 'the database did not do it; trying again');
      await waits.wait(signal);
    }
  }
}
