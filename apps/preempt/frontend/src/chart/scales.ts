import { clockText, dayText, monthText } from '../words.ts';

export interface Tick {
  readonly value: number;
  readonly text: string;
}

/** Round numbers that hold a range, and the ticks between them. */
export function niceRange(least: number, most: number, ticks: number): readonly [number, number, number] {
  const span = Math.max(most - least, 1e-6, Math.abs(most) * 1e-3);
  const rough = span / ticks;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((one) => one * power >= rough) ?? 10) * power;
  return [Math.floor(least / step) * step, Math.ceil(most / step) * step, step];
}

const hour = 3_600_000;
const day = 24 * hour;

/** Ticks of time at whole hours, days or months, UTC; as many as there is room for. */
export function timeTicks(from: number, to: number, most: number): Tick[] {
  if (to - from > 100 * day) return monthTicks(from, to, most);
  const steps = [3 * hour, 6 * hour, 12 * hour, day, 2 * day, 3 * day, 4 * day, 7 * day, 14 * day];
  const step = steps.find((one) => (to - from) / one <= most) ?? 28 * day;
  const ticks: Tick[] = [];
  // From the first whole day shown: a grid of several days that is laid from 1970 may leave all but one out.
  const whole = Math.min(step, day);
  for (let at = Math.ceil(from / whole) * whole; at <= to; at += step) {
    ticks.push({ value: at, text: step < day && at % day !== 0 ? clockText(at) : dayText(at) });
  }
  return ticks;
}

function monthTicks(from: number, to: number, most: number): Tick[] {
  const first = new Date(from);
  const by = Math.ceil((to - from) / (30 * day) / most);
  const ticks: Tick[] = [];
  for (let month = 1; ; month += by) {
    const at = Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + month, 1);
    if (at > to) return ticks;
    ticks.push({ value: at, text: monthText(at) });
  }
}
