import type { Random } from '@plumbline/kit';
import { exponential } from './choose.ts';

const hour = 3_600_000;

/** How busy the hour is beside the mean of the day: quiet at four in the morning, busiest at eight in the evening (UTC). */
const byHour = [
  0.55, 0.38, 0.28, 0.22, 0.2, 0.25, 0.4, 0.65, 0.9, 1.05, 1.15, 1.2, 1.25, 1.2, 1.15, 1.15, 1.25, 1.4, 1.65,
  1.85, 1.9, 1.7, 1.3, 0.97,
];
/** The mean of a day is 1, whatever the figures above add up to. */
const mean = byHour.reduce((sum, one) => sum + one, 0) / byHour.length;

/** How busy the storefront is at a time (milliseconds since 1970) beside the day's mean; hours run into each other. */
export function rhythm(at: number): number {
  const hours = at / hour - 0.5;
  const whole = Math.floor(hours);
  const value = (index: number) => byHour[((index % 24) + 24) % 24] as number;
  return (value(whole) + (value(whole + 1) - value(whole)) * (hours - whole)) / mean;
}

export interface Bursts {
  /** How much busier than usual it is at a time; times may not go back. */
  readonly at: (time: number) => number;
}

/** The most that a burst multiplies by. */
export const burstPeak = 4;
const [betweenBursts, burstLength] = [20 * 60_000, 90_000];

/** A newsletter, a price comparison: some three times an hour, a minute and a half of up to four times as many visits. */
export function createBursts(random: Random, start: number): Bursts {
  let begin = start + exponential(random, betweenBursts);
  let height = 1 + random() * (burstPeak - 1);
  return {
    at(time) {
      while (time > begin + burstLength) {
        begin += burstLength + exponential(random, betweenBursts);
        height = 1 + random() * (burstPeak - 1);
      }
      return time < begin ? 1 : height;
    },
  };
}
