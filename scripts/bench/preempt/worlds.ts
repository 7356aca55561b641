import { day, fieldOf, hour, type Observation, seasonBefore } from '../../../apps/preempt/judgement/index.ts';
import type { MeasuredHour } from '../../../trial/downloads/nyc-weather.ts';
import { faultKinds, putFault, type Sensor } from '../../../trial/seasons/faults.ts';
import { placesOf, seenWeather } from '../../../trial/seasons/observing.ts';
import { type Random, randomOf } from '../../../trial/seasons/random.ts';
import { fieldNames } from '../../../trial/seasons/units.ts';

/** One location's field: what a judge may learn from, and the clean time after it. */
export interface Series {
  readonly place: string;
  readonly field: string;
  readonly history: readonly Observation[];
  /** The same season of the year before, if the world is as old. */
  readonly season?: readonly Observation[];
  readonly later: readonly Observation[];
  readonly sensor: Sensor;
}

export const historyDays = 90;
export const laterDays = 60;
const wholePercents = new Set(['relative_humidity_2m', 'cloud_cover']);

/**
 * Series of generated places, each in a season of its own; every other history holds a fault that nobody noticed.
 * @param daysBefore how long it was watched before its history: a year, and the season before that.
 */
export function worldOf(seed: string, count: number, daysBefore = 0): Series[] {
  return placesOf(seed, count).flatMap((place, index) => {
    const random = randomOf('world', seed, index);
    const from = Date.UTC(2025, 0, 1) + Math.floor(random.uniform() * 365) * day;
    const until = from + (historyDays + laterDays) * day;
    const begin = from - daysBefore * day;
    const seen = seenWeather(place, `${seed}-${index}`, { from: begin, until, every: 2 * hour });
    const season = seasonBefore(from + historyDays * day);
    const isSeason = ({ at }: Observation) => at >= season.from && at < season.until;
    return fieldNames.map((field) => {
      const all = seen.map(({ at, values }) => ({ at, value: values[field] }));
      const recent = all.filter(({ at }) => at >= from);
      const own = seriesOf(`${seed}-${index}`, field, recent, from + historyDays * day, random);
      return daysBefore === 0 ? own : { ...own, season: all.filter(isSeason) };
    });
  });
}

/** Cuts a series in two, and hides a fault in every other history. */
export function seriesOf(
  place: string,
  field: string,
  all: readonly Observation[],
  cut: number,
  random: Random,
): Series {
  const { least, most } = fieldOf(field);
  const clean = all.filter(({ at }) => at < cut);
  const digits = wholePercents.has(field) ? 0 : 1;
  const sensor = { least, most, digits, deviation: deviationOf(clean) };
  const first = clean[0]?.at ?? cut;
  const history =
    random.uniform() < 0.5
      ? putFault(random.pick(faultKinds), clean, first + random.uniform() * (cut - first), sensor, random)
          .observations
      : clean;
  return { place, field, history, later: all.filter(({ at }) => at >= cut), sensor };
}

export function deviationOf(observations: readonly Observation[]): number {
  const count = Math.max(1, observations.length);
  const mean = observations.reduce((sum, { value }) => sum + value, 0) / count;
  const squares = observations.reduce((sum, { value }) => sum + (value - mean) ** 2, 0);
  return Math.max(0.05, Math.sqrt(squares / count));
}

/** Days that are held out of real weather at a time. */
const realLaterDays = 30;

/**
 * Series of measured weather: each month from the fourth on, after the three before it; those of even and of odd months
 * apart, since the three airports of a city share their weather.
 */
export function realSeries(hours: readonly MeasuredHour[]): Series[][] {
  const first = Math.min(...hours.map(({ at }) => at));
  const airports = [...Map.groupBy(hours, ({ airport }) => airport)];
  const folds: Series[][] = [[], []];
  for (let turn = 0; turn < 9; turn += 1) {
    const cut = first + (historyDays + turn * realLaterDays) * day;
    for (const [airport, all] of airports) {
      const own = all.filter(({ at }) => at >= cut - historyDays * day && at < cut + realLaterDays * day);
      const random = randomOf('real', airport, turn);
      for (const field of fieldNames) {
        const seen = own.flatMap(({ at, values }) => {
          const value = values[field];
          return value === undefined ? [] : [{ at, value }];
        });
        if (seen.length > 0) folds[turn % 2]?.push(seriesOf(`${airport}-${turn}`, field, seen, cut, random));
      }
    }
  }
  return folds;
}
