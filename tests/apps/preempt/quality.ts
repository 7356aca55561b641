import {
  atOneRate,
  calibrate,
  lookFor,
  recallOf,
  type Subject,
  ways,
} from '../../../scripts/bench/preempt/evaluate.ts';
import { fit } from '../../../scripts/bench/preempt/methods.ts';
import { type Series, worldOf } from '../../../scripts/bench/preempt/worlds.ts';

export interface Pieces {
  readonly found: number;
  readonly z: number;
  readonly alarms: number;
  /** Of each way, brought to one rate. */
  readonly atOneRate: readonly number[];
}

const subjects = (series: readonly Series[]): Subject[] =>
  series.map((one) => ({ model: fit(one, 'model'), statistics: fit(one, 'statistics') }));

/** The bench of detection, on a few places: what a change that spoils it would show. */
export function benchPieces(): Pieces {
  const tested = subjects(worldOf('pieces-test', 5));
  const limits = calibrate(subjects(worldOf('pieces-calibration', 8)));
  const result = lookFor(tested, limits);
  const level = lookFor(tested, atOneRate(tested, limits));
  return {
    found: recallOf(result.trials, 'model').share,
    z: recallOf(result.trials, 'z').share,
    alarms: result.alarms.model / result.months,
    atOneRate: ways.map((way) => level.alarms[way] / level.months),
  };
}

/** Days before the history: so that the season of the year before is whole. */
const watchedBefore = 330;

/** What model and statistics find at one rate, of the same faults: with the season of the year before, and without. */
export function recallInTheSecondYear(places = 5) {
  const test = worldOf('second-year-test', places, watchedBefore);
  const calibration = worldOf('second-year-calibration', places + 3, watchedBefore);
  const recall = (known: (series: readonly Series[]) => readonly Series[]) => {
    const tested = subjects(known(test));
    const limits = atOneRate(tested, calibrate(subjects(known(calibration))));
    const { trials } = lookFor(tested, limits);
    return { model: recallOf(trials, 'model').share, statistics: recallOf(trials, 'statistics').share };
  };
  return {
    first: recall((all) => all.map((one) => ({ ...one, season: [] }))),
    second: recall((all) => all),
  };
}
