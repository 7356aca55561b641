import { type Climate, climateOf, partOf, partsOfDay, usualAt } from './climate.ts';
import type { Field } from './fields.ts';
import { fitPersistence, type Persistence, startForecast } from './persistence.ts';
import { median, quantile, scaleOf, shrunk } from './robust.ts';
import { curveAt, fitCurve, type SeasonalCurve } from './seasonal-curve.ts';
import { day, hour, type Observation } from './series.ts';
import { type Reading, type Signal, signalNames, startReading } from './signals.ts';

/** What is known of one field of one location: all that its values are held against. */
export interface SeriesModel {
  /** The trained curve; without it the climate's medians stand in. */
  readonly curve?: SeasonalCurve;
  readonly climate: Climate;
  readonly persistence: Persistence;
  /** How much more or less each part of the day surprises than the whole. */
  readonly partScales: readonly number[];
  /** How far values lie from the curve. */
  readonly spread: number;
  /** Where means of two days lie, in spreads. */
  readonly level: { readonly centre: number; readonly scale: number };
  /** How often a value is the one before it: of values that weather rests at, and of others. */
  readonly repeats: { readonly moving: number; readonly resting: number };
  /** What the signals of one in fifty values of its own reach: a jumpy place is given more room. */
  readonly tails: Readonly<Record<Signal, number>>;
  readonly samples: number;
  /** The last observation that it knows, milliseconds. */
  readonly until: number;
}

export interface FitOptions {
  /** `model`: the curve and its persistence; `statistics`: medians by hour and season, usual times. */
  readonly by: 'model' | 'statistics';
  /** What an earlier fit of the same series found, to save the search for it. */
  readonly persistence?: Persistence;
  /** The same season of the year before, where the history does not have it: the climate is of both. */
  readonly season?: readonly Observation[];
}

/** What a history needs at least. */
export const leastHistory = {
  model: { days: 21, samples: 150 },
  statistics: { days: 3, samples: 24 },
} as const;

/** The share of values whose signals are above a series' tails. */
const tailShare = 0.98;

/**
 * Learns from a history in the order of time, thinned to one value an hour at most.
 * @returns undefined when the history is too short.
 */
export function fitSeries(
  field: Field,
  history: readonly Observation[],
  { by, persistence: found, season = [] }: FitOptions,
): SeriesModel | undefined {
  const isPossible = ({ value }: Observation) => value >= field.least && value <= field.most;
  const possible = history.filter(isPossible);
  const times = Float64Array.from(possible, ({ at }) => at);
  const until = times.at(-1) ?? 0;
  const least = leastHistory[by];
  if (times.length < least.samples || until - (times[0] ?? 0) < least.days * day) return undefined;
  const { regular, grain } = field;
  const measures = Float64Array.from(possible, ({ value }) => field.spread(value));
  const known = [...season.filter(isPossible), ...possible];
  const climate = climateOf(
    known.map(({ at }) => at),
    known.map(({ value }) => field.spread(value)),
    until,
    regular,
    grain,
  );
  const curve = by === 'model' ? fitCurve(times, measures, regular, grain) : undefined;
  const baseline = (at: number) => (curve === undefined ? usualAt(climate, at).median : curveAt(curve, at));
  const away = measures.map((measure, index) => measure - baseline(times[index] as number));
  const persistence = fitPersistence(
    times,
    away,
    regular,
    grain,
    by === 'model' && regular ? (found ?? 'search') : 'usual',
  );
  const base: SeriesModel = {
    ...(curve === undefined ? {} : { curve }),
    climate,
    persistence,
    partScales: partScalesOf(times, away, persistence, regular),
    spread: scaleOf(away, regular, grain),
    level: { centre: 0, scale: 1 },
    repeats: repeatsOf(field, possible),
    tails: { jump: 1, spike: 1, unusual: 1, level: 1, burst: 1, stuck: 1 },
    samples: times.length,
    until,
  };
  const leveled = { ...base, level: levelOf(times, away, base.spread) };
  return { ...leveled, tails: tailsOf(readAll(field, leveled, possible)) };
}

/** Every reading of some observations. */
export function readAll(field: Field, model: SeriesModel, observations: Iterable<Observation>): Reading[] {
  return Array.from(observations, startReading(field, model));
}

/** What one in fifty readings reaches, a signal. */
export function tailsOf(readings: readonly Reading[]): Record<Signal, number> {
  const tails = signalNames.map((name) => {
    const values = readings.map(({ signals }) => signals[name]);
    return [name, values.length === 0 ? 1 : Math.max(0.1, quantile(values, tailShare))];
  });
  return Object.fromEntries(tails) as Record<Signal, number>;
}

function partScalesOf(
  times: Float64Array,
  away: Float64Array,
  persistence: Persistence,
  regular: boolean,
): number[] {
  const forecast = startForecast(persistence);
  const parts: number[][] = Array.from({ length: partsOfDay }, () => []);
  times.forEach((at, index) => {
    const deviation = away[index] as number;
    const expected = forecast.expect(at);
    parts[partOf(at)]?.push((deviation - expected.mean) / expected.deviation);
    forecast.take(at, deviation);
  });
  const whole = scaleOf(parts.flat(), regular, 1e-3);
  return parts.map((part) =>
    part.length < 3 ? whole : Math.max(0.3, shrunk(scaleOf(part, regular, 1e-3), part.length, whole, 30)),
  );
}

/** Means of whole pairs of days, apart from each other: their median and spread, drawn to what a fading deviation has. */
function levelOf(times: Float64Array, away: Float64Array, spread: number) {
  const windows = new Map<number, number[]>();
  times.forEach((at, index) => {
    // Halves overlap: twice the windows, little more is known.
    for (const shift of [0, 24]) {
      const slot = 2 * Math.floor((at / hour + shift) / 48) + (shift === 0 ? 0 : 1);
      const scaled = Math.min(4, Math.max(-4, (away[index] as number) / spread));
      windows.set(slot, [...(windows.get(slot) ?? []), scaled]);
    }
  });
  const means = [...windows.values()]
    .filter((values) => values.length >= 8)
    .map((values) => values.reduce((sum, value) => sum + value, 0) / values.length);
  if (means.length < 4) return { centre: 0, scale: 1 };
  const own = scaleOf(means, true, 0.1);
  return { centre: median(means) / 2, scale: Math.max(0.2, shrunk(own, means.length, 0.7, 20)) };
}

function repeatsOf(field: Field, history: readonly Observation[]) {
  const counts = { moving: [1, 20], resting: [10, 12] } as Record<'moving' | 'resting', [number, number]>;
  history.slice(1).forEach(({ value }, index) => {
    const before = history[index]?.value as number;
    const count = counts[field.resting.includes(before) ? 'resting' : 'moving'];
    count[1] += 1;
    if (value === before) count[0] += 1;
  });
  const share = ([same, all]: [number, number]) => Math.min(0.999, same / all);
  return { moving: share(counts.moving), resting: share(counts.resting) };
}
