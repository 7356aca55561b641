import {
  day,
  fieldOf,
  fitSeries,
  judgeAll,
  type Limits,
  limitsFor,
  type Observation,
  type SeriesModel,
} from '../../../apps/preempt/judgement/index.ts';
import { deviationOf, type Series } from './worlds.ts';

/** A score at each time, of which higher is stranger; what both ways of judging come down to. */
export interface Scored {
  readonly at: number;
  readonly score: number;
}

/** A way of judging that has learned from a series' history. */
export type Scorer = (later: readonly Observation[]) => Scored[];

/** Where a fitted judge has its warm-up from. */
const warmUp = 7 * day;

/** The plain z-score: distance from the history's mean, in its standard deviations. */
export function zScorer({ history }: Series): Scorer {
  const mean = history.reduce((sum, { value }) => sum + value, 0) / Math.max(1, history.length);
  const deviation = deviationOf(history);
  return (later) => later.map(({ at, value }) => ({ at, score: Math.abs(value - mean) / deviation }));
}

export interface Fitted {
  readonly series: Series;
  readonly model: SeriesModel;
}

export function fit(series: Series, by: 'model' | 'statistics'): Fitted {
  const model = fitSeries(fieldOf(series.field), series.history, { by, season: series.season ?? [] });
  if (model === undefined) throw new Error(`${series.place} ${series.field}: too little history`);
  return { series, model };
}

/** The detector's own judging: 1 where it would raise an alert under these limits. */
export function modelScorer({ series, model }: Fitted, limits: Limits): Scorer {
  const before = series.history.filter(({ at }) => at > model.until - warmUp);
  const judge = {
    field: fieldOf(series.field),
    model,
    limits: limitsFor(model, limits),
    raiseAt: 1,
    clearAt: 2 / 3,
  };
  return (later) => {
    const start = later[0]?.at ?? Number.POSITIVE_INFINITY;
    return judgeAll(judge, [...before, ...later])
      .filter(({ reading }) => reading.at >= start)
      .map(({ reading, score }) => ({ at: reading.at, score }));
  };
}
