import { calibrate, lookFor, recallOf } from '../../../scripts/bench/preempt/evaluate.ts';
import { fit } from '../../../scripts/bench/preempt/methods.ts';
import { worldOf } from '../../../scripts/bench/preempt/worlds.ts';

/** The bench of detection, on a few places: what a change that spoils it would show. */
export function benchPieces(): { readonly found: number; readonly z: number; readonly alarms: number } {
  const subjects = (seed: string, count: number) =>
    worldOf(seed, count).map((one) => ({ model: fit(one, 'model'), statistics: fit(one, 'statistics') }));
  const result = lookFor(subjects('pieces-test', 5), calibrate(subjects('pieces-calibration', 8)));
  return {
    found: recallOf(result.trials, 'model').share,
    z: recallOf(result.trials, 'z').share,
    alarms: result.alarms.model / result.months,
  };
}
