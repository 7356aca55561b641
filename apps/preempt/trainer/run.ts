import { setTimeout as sleep } from 'node:timers/promises';
import { backoff, type Log, type Progress } from '@plumbline/kit';
import { isAway, type Pool, type Session } from '@plumbline/kit/mysql';
import type { Configuration } from '../configuration.ts';
import { databaseTime } from '../database-time.ts';
import { day } from '../judgement/index.ts';
import {
  format,
  type Header,
  lineOf,
  type Models,
  publish,
  readModels,
  tidy,
  versionsIn,
} from '../models/index.ts';
import { sql } from '../sql/index.ts';
import { NothingLearned, whatFailed } from './failures.ts';
import type { TrainerMetrics } from './metrics.ts';
import { type Training, trainAll } from './train-all.ts';

export interface TrainerOptions {
  readonly pool: Pool;
  readonly configuration: Configuration;
  readonly modelsPath: string;
  readonly log: Log;
  readonly metrics: TrainerMetrics;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Told why it is of no use now; undefined when it is. */
  readonly onState: (notReady: string | undefined) => void;
}

/** How often it looks whether a training is due, in milliseconds: another replica may have done it. */
const lookEvery = 30_000;
const minute = 60_000;
const failures = {
  volume: 'no model can be written',
  database: 'the database does not answer',
  history: 'nothing can be learned',
} as const;

/**
 * Trains whenever the newest version on the volume is older than the interval, until told to end. What fails is told and
 * tried again: the detector goes on with what there is.
 */
export async function runTrainer(options: TrainerOptions): Promise<void> {
  const { log, metrics, progress, signal, onState } = options;
  const waits = backoff(1000, 5 * minute);
  while (!signal.aborted) {
    try {
      // The first training takes minutes, in which it is of use already: it trains.
      const outcome = await trainIfDue(options, () => waits.attempts() === 0 && onState(undefined));
      waits.reset();
      progress.available();
      progress.done();
      onState(undefined);
      if (outcome !== 'ended') await sleep(lookEvery, undefined, { signal }).catch(() => {});
    } catch (error) {
      const what = whatFailed(error);
      if (what === undefined) throw error;
      if (what === 'database' && isAway(error)) progress.unavailable();
      else progress.done();
      metrics.failures.inc({ what });
      const why = `${failures[what]}: ${(error as Error).message}`;
      onState(why);
      log.error({ err: error, attempts: waits.attempts() }, `${why}; trying again`);
      await waits.wait(signal);
    }
  }
}

type Outcome = 'trained' | 'not due' | 'held by another' | 'ended';

async function trainIfDue(options: TrainerOptions, onReached: () => void): Promise<Outcome> {
  const { pool, modelsPath, log } = options;
  if (!(await isDue(options))) return 'not due';
  // The lock lives and ends with this connection: a trainer that dies, or that the database lost sight of, holds nothing.
  return pool.use(async (session) => {
    if (!(await holds(session, 'take-trainer-lock'))) {
      log.info('another trainer is at work');
      return 'held by another';
    }
    onReached();
    try {
      // Another may have been quicker, and be done.
      if (!(await isDue(options))) return 'not due';
      await tidy(modelsPath);
      return (await trainOnce(options, session)) ? 'trained' : 'ended';
    } finally {
      await session.query(sql['give-trainer-lock']).catch(() => {});
    }
  });
}

/** The newest version that can be used; one of a time to come is not there. */
async function newestOf({ pool, modelsPath }: TrainerOptions): Promise<Models & { readonly now: number }> {
  // The folder itself has to be there: what it holds may be in any state.
  await versionsIn(modelsPath);
  const now = await databaseTime(pool);
  return { ...(await readModels(modelsPath, new Set(), { now, mostDays: 3660 })), now };
}

async function isDue(options: TrainerOptions): Promise<boolean> {
  const { configuration, metrics } = options;
  const { version, trainedAt, now } = await newestOf(options);
  if (version === undefined || trainedAt === undefined) return true;
  metrics.version.set(version);
  metrics.trainedAt.set(Date.parse(trainedAt) / 1000);
  return now - Date.parse(trainedAt) >= configuration.trainer.intervalMinutes * minute;
}

async function trainOnce(options: TrainerOptions, session: Session): Promise<boolean> {
  const { pool, configuration, modelsPath, log, metrics, progress, signal } = options;
  const start = performance.now();
  const newest = await newestOf(options);
  const { now } = newest;
  const rows = await pool.query<{ id: number; name: string }>(sql['read-monitored-fields'], [
    configuration.weather.fields,
  ]);
  const fields = new Map(rows.map(({ id, name }) => [id, name]));
  const historyMilliseconds = configuration.trainer.historyDays * day;
  const training = await trainAll({
    pool,
    fields,
    historyMilliseconds,
    now,
    signal,
    onSeries: progress.done,
  });
  if (training === undefined) return false;
  const { lines, limits, trained, short } = training;
  if (trained === 0 && newest.version !== undefined && newest.series !== 0) {
    throw new NothingLearned(short, newest.version);
  }
  const version = ((await versionsIn(modelsPath))[0] ?? 0) + 1;
  const header: Header = {
    format,
    version,
    trainedAt: new Date(now).toISOString(),
    locations: lines.length,
    series: trained,
    limits,
  };
  const isHeld = () => holds(session, 'check-trainer-lock');
  // Before the version: who is killed in between writes them again with the next one, which is due then.
  if (await isHeld()) await writeBands(pool, training, new Date(now));
  if (!(await publish(modelsPath, version, [lineOf('header', header), ...lines], isHeld))) {
    log.warn('the lock was lost meanwhile: this version is not published');
    return true;
  }
  await tidy(modelsPath);
  metrics.trainings.inc();
  metrics.version.set(version);
  metrics.trainedAt.set(now / 1000);
  metrics.series.set({ has: 'a model' }, trained);
  metrics.series.set({ has: 'too little history' }, short);
  const seconds = (performance.now() - start) / 1000;
  metrics.seconds.set(seconds);
  log.info({ version, trained, short, seconds: Math.round(seconds) }, 'trained');
  return true;
}

async function holds(session: Session, name: 'take-trainer-lock' | 'check-trainer-lock'): Promise<boolean> {
  const [row] = await session.query<{ held: number | null }>(sql[name]);
  return Number(row?.held) === 1;
}

/** Rows of a statement: 892 locations are some 50 statements. */
const bandRows = 1000;

async function writeBands(pool: Pool, { bands }: Training, trainedAt: Date): Promise<void> {
  const rows = bands.flatMap(({ location, field, bands: own }) =>
    own.map(({ part, usual, lower, upper }) => [location, field, part, usual, lower, upper, trainedAt]),
  );
  for (let from = 0; from < rows.length; from += bandRows) {
    await pool.change(sql['write-bands'], [rows.slice(from, from + bandRows)]);
  }
}
