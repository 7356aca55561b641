import { median } from './robust.ts';
import { day, hour } from './series.ts';
import type { SeriesModel } from './series-model.ts';
import type { Reading, Signal } from './signals.ts';
import { signalNames } from './signals.ts';

/** Where the signals of a field become an alert: so that chance gives so many a month. */
export interface Limits {
  readonly limits: Readonly<Record<Signal, number>>;
  /** The tails of the series that the limits are of. */
  readonly tails: Readonly<Record<Signal, number>>;
}

/** False alarms a location and month, over all fields. */
export const alarmsPerMonth = 1;
export const month = 30 * day;
/** How the alarms of a field are shared out. */
const shares: Readonly<Record<Signal, number>> = {
  jump: 0.35,
  spike: 0.25,
  unusual: 0.05,
  level: 0.05,
  burst: 0.25,
  stuck: 0.05,
};
/** Peaks closer than this are one event. */
const apart = 12 * hour;

/** What one series adds to the calibration of its field: its highest readings, on time that no model had learned from. */
export interface Peaks {
  readonly months: number;
  readonly tails: Readonly<Record<Signal, number>>;
  readonly peaks: Readonly<Record<Signal, readonly number[]>>;
}

/** A series' tenth highest event is below any limit that so few months can set. */
const kept = 10;

/** The highest of each event in some readings of a series, a signal. */
export function peaksOf(readings: readonly Reading[], tails: Readonly<Record<Signal, number>>): Peaks {
  const first = readings[0]?.at ?? 0;
  const months = ((readings.at(-1)?.at ?? first) - first) / month;
  const peaks = signalNames.map((name) => {
    const events: { at: number; height: number }[] = [];
    for (const { at, signals } of readings) {
      const height = signals[name];
      const last = events.at(-1);
      if (last !== undefined && at - last.at < apart) {
        if (height > last.height) Object.assign(last, { at, height });
      } else if (height > 0) events.push({ at, height });
    }
    const heights = events.map(({ height }) => height).sort((a, b) => b - a);
    return [name, heights.slice(0, kept)];
  });
  return { months, tails, peaks: Object.fromEntries(peaks) };
}

/** One imagined alarm of the usual limits is mixed in: a few locations alone say little. */
const imagined = 1;

/**
 * Sets a field's limits from the peaks of many series, so that together they give its share of the alarms. Between and
 * beyond the highest peaks a tail that falls by a power is drawn (Hill's estimate, 1975).
 * @param fields how many fields share a location's alarms.
 */
export function limitsOf(series: readonly Peaks[], fields: number, usual: Limits): Limits {
  if (series.length === 0) return usual;
  const months = series.reduce((sum, one) => sum + one.months, 0);
  const tails = Object.fromEntries(
    signalNames.map((name) => [name, median(series.map((one) => one.tails[name]))]),
  ) as Record<Signal, number>;
  const limits = signalNames.map((name) => {
    const wanted = (alarmsPerMonth / fields) * shares[name] * months;
    const heights = series
      .flatMap((one) => one.peaks[name].map((peak) => peak / roomOf(one.tails[name], tails[name])))
      .sort((a, b) => b - a);
    const found = levelOf(heights, wanted);
    const own = found ?? usual.limits[name];
    // In logarithms: a limit is a factor.
    const mixed = Math.exp(
      (wanted * Math.log(own) + imagined * Math.log(usual.limits[name])) / (wanted + imagined),
    );
    return [name, mixed];
  });
  return { limits: Object.fromEntries(limits) as Record<Signal, number>, tails };
}

/** The height that `wanted` of the heights are above, by Hill's tail through the highest. */
function levelOf(heights: readonly number[], wanted: number): number | undefined {
  const used = Math.min(heights.length - 1, Math.max(20, Math.ceil(wanted * 2)));
  const base = heights[used];
  if (used < 5 || base === undefined || base <= 0) return undefined;
  const slope = heights.slice(0, used).reduce((sum, height) => sum + Math.log(height / base), 0) / used;
  return base * (used / Math.max(0.05, wanted)) ** slope;
}

/** What a series is given more or less than its field, from its own tail: half the way, within bounds. */
function roomOf(own: number, common: number): number {
  return Math.min(1.6, Math.max(0.65, Math.sqrt(own / common)));
}

/** The limits of one series. */
export function limitsFor(
  model: Pick<SeriesModel, 'tails'>,
  { limits, tails }: Limits,
): Record<Signal, number> {
  const own = signalNames.map((name) => [name, limits[name] * roomOf(model.tails[name], tails[name])]);
  return Object.fromEntries(own) as Record<Signal, number>;
}
