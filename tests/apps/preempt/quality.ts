import { atOneRate, calibrate, lookFor, recallOf, ways } from '../../../scripts/bench/preempt/evaluate.ts';
import { fit } from '../../../scripts/bench/preempt/methods.ts';
import { worldOf } from '../../../scripts/bench/preempt/worlds.ts';

export interface Pieces {
  readonly found: number;
  readonly z: number;
  readonly alarms: number;
  /** Of each way, brought to one rate. */
  readonly atOneRate: readonly number[];
}

/** The bench of detection, on a few places: what a change that spoils it would show. */
export function benchPieces(): Pieces {
  const subjects = (seed: string, count: number) =>
    worldOf(seed, count).map((one) => ({ model: fit(one, 'model'), statistics: fit(one, 'statistics') }));
  const tested = subjects('pieces-test', 5);
  const limits = calibrate(subjects('pieces-calibration', 8));
  const result = lookFor(tested, limits);
  const level = lookFor(tested, atOneRate(tested, limits));
  return {
    found: recallOf(result.trials, 'model').share,
    z: recallOf(result.trials, 'z').share,
    alarms: result.alarms.model / result.months,
    atOneRate: ways.map((way) => level.alarms[way] / level.months),
  };
}
