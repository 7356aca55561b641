import {
  fieldOf,
  fitSeries,
  leastHistory,
  type Observation,
  type Peaks,
  peaksOf,
  readAll,
  type SeriesModel,
  tailsOf,
} from '../judgement/index.ts';

export interface Trained {
  readonly model: SeriesModel;
  /** What its newest quarter adds to the limits of its field; that quarter was judged by what came before it. */
  readonly peaks?: Peaks;
}

/** The share of the history that the limits are set without. */
const olderShare = 0.75;
/** Readings before the newest quarter, for the slow signals to settle. */
const settling = 72;

/**
 * Trains one series: once on its older three quarters, to see how its newest quarter looks to a model that does not know
 * it, and once on all of it.
 * @param history thinned.
 * @param season the same season of the year before, thinned, where there is one.
 * @returns undefined when the history is too short (`leastHistory.model`).
 */
export function trainSeries(
  name: string,
  history: readonly Observation[],
  season: readonly Observation[] = [],
): Trained | undefined {
  const field = fieldOf(name);
  if (history.length < leastHistory.model.samples) return undefined;
  const [first, last] = [history[0]?.at ?? 0, history.at(-1)?.at ?? 0];
  const cut = first + olderShare * (last - first);
  const older = history.filter(({ at }) => at < cut);
  const trial = fitSeries(field, older, { by: 'model', season });
  const model = fitSeries(field, history, {
    by: 'model',
    season,
    ...(trial === undefined ? {} : { persistence: trial.persistence }),
  });
  if (model === undefined || trial === undefined) return model === undefined ? undefined : { model };
  const newer = readAll(field, trial, [...older.slice(-settling), ...history.filter(({ at }) => at >= cut)]);
  const unseen = newer.filter(({ at }) => at >= cut);
  return { model, peaks: peaksOf(unseen, tailsOf(readAll(field, trial, older))) };
}
