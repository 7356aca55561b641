import { median } from '../lib/median.ts';

/** What was measured in pairs, one round after the other. */
export interface Paired {
  /** The median of the rounds' ratios. */
  readonly ratio: number;
  /** As `1.00 (0.91 to 1.04)`: the least and the largest of them too. */
  readonly told: string;
}

/** Compares two rates round by round: what slows the machine for a while slows both of a round. @throws Error for no round. */
export function paired(measured: readonly number[], limit: readonly number[]): Paired {
  const ratios = measured.map((rate, round) => rate / (limit[round] ?? Number.NaN));
  const ratio = median(ratios);
  const told = `${ratio.toFixed(2)} (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})`;
  return { ratio, told };
}
