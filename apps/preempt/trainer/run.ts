import { setTimeout as sleep } from 'node:timers/promises';
import { backoff, type Log, type Progress } from '@plumbline/kit';
import { isAway, isUnavailable, mysqlErrno, type Pool, type Session } from '@plumbline/kit/mysql';
import type { Configuration } from '../configuration.ts';
import { day } from '../judgement/index.ts';
import { format, type Header, lineOf, publish, readModels, tidy, versionsIn } from '../models/index.ts';
import { sql } from '../sql/index.ts';
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
      const isVolume = isSystemError(error);
      if (!isVolume && !isUnavailable(error)) throw error;
      const what = isVolume ? 'volume' : 'database';
      if (!isVolume && isAway(error)) progress.unavailable();
      else progress.done();
      metrics.failures.inc({ what });
      const why = isVolume
        ? `no model can be written: ${(error as Error).message}`
        : `the database does not answer: ${(error as Error).message}`;
      onState(why);
      log.error({ err: error, attempts: waits.attempts() }, `${why}; trying again`);
      await waits.wait(signal);
    }
  }
}

/** Of the volume: its errors have a path or a file's call, the database's a state. */
function isSystemError(error: unknown): boolean {
  const { code, syscall } = (error ?? {}) as { code?: string; syscall?: string };
  const calls = ['open', 'write', 'fsync', 'link', 'rename', 'scandir', 'unlink', 'close', 'mkdir'];
  return mysqlErrno(error) === undefined && typeof code === 'string' && calls.includes(syscall ?? '');
}

type Outcome = 'trained' | 'not due' | 'held by another' | 'ended';

async function trainIfDue(options: TrainerOptions, onReached: () => void): Promise<Outcome> {
  const { pool, configuration, modelsPath, log, metrics } = options;
  const interval = configuration.trainer.intervalMinutes * minute;
  if (!(await isDue(modelsPath, interval, metrics))) return 'not due';
  // The lock lives and ends with this connection: a trainer that dies, or that the database lost sight of, holds nothing.
  return pool.use(async (session) => {
    if (!(await holds(session, 'take-trainer-lock'))) {
      log.info('another trainer is at work');
      return 'held by another';
    }
    onReached();
    try {
      // Another may have been quicker, and be done.
      if (!(await isDue(modelsPath, interval, metrics))) return 'not due';
      await tidy(modelsPath);
      return (await trainOnce(options, session)) ? 'trained' : 'ended';
    } finally {
      await session.query(sql['give-trainer-lock']).catch(() => {});
    }
  });
}

async function isDue(modelsPath: string, interval: number, metrics: TrainerMetrics): Promise<boolean> {
  // The folder itself has to be there: what it holds may be in any state.
  await versionsIn(modelsPath);
  const newest = await readModels(modelsPath, new Set(), { now: Date.now(), mostDays: 3660 });
  if (newest.version === undefined || newest.trainedAt === undefined) return true;
  metrics.version.set(newest.version);
  metrics.trainedAt.set(Date.parse(newest.trainedAt) / 1000);
  return Date.now() - Date.parse(newest.trainedAt) >= interval;
}

async function trainOnce(options: TrainerOptions, session: Session): Promise<boolean> {
  const { pool, configuration, modelsPath, log, metrics, progress, signal } = options;
  const start = performance.now();
  const now = Date.now();
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
  const version = ((await versionsIn(modelsPath))[0] ?? 0) + 1;
  const header: Header = {
    format,
    version,
    trainedAt: new Date(now).toISOString(),
    locations: lines.length,
    limits,
  };
  const isHeld = () => holds(session, 'check-trainer-lock');
  if (!(await publish(modelsPath, version, [lineOf('header', header), ...lines], isHeld))) {
    log.warn('the lock was lost meanwhile: this version is not published');
    return true;
  }
  await writeBands(pool, training, new Date(now));
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
