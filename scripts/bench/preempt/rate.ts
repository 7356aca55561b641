import { tellEvents, type Verdict } from '../../../apps/preempt/judgement/index.ts';
import type { Scored } from './methods.ts';

/** When alerts would be raised, if they are raised at `limit` and end at two thirds of it: as the detector tells events. */
export function alertsOf(scored: readonly Scored[], limit: number): number[] {
  const verdicts = scored.map(({ at, score }) => ({ reading: { at }, score }) as unknown as Verdict);
  const { begun } = tellEvents(
    { raiseAt: limit, clearAt: (2 / 3) * limit },
    verdicts,
    Number.NEGATIVE_INFINITY,
  );
  return begun.map(({ startedAt }) => startedAt);
}

/** The limit under which some clean series give `wanted` alerts in all, by halving. */
export function limitFor(series: readonly (readonly Scored[])[], wanted: number): number {
  let [low, high] = [0, 1];
  const count = (limit: number) => series.reduce((sum, scored) => sum + alertsOf(scored, limit).length, 0);
  while (count(high) > wanted) high *= 2;
  for (let round = 0; round < 14; round += 1) {
    const middle = (low + high) / 2;
    if (count(middle) > wanted) low = middle;
    else high = middle;
  }
  return high;
}
