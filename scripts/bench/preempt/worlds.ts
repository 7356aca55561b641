import { day, fieldOf, hour, type Observation } from '../../../apps/preempt/judgement/index.ts';
import { faultKinds, putFault, type Sensor } from '../../../trial/seasons/faults.ts';
import { placesOf, seenWeather } from '../../../trial/seasons/observing.ts';
import { type Random, randomOf } from '../../../trial/seasons/random.ts';
import type { Weather } from '../../../trial/seasons/weather.ts';

/** One location's field: what a judge may learn from, and the clean time after it. */
export interface Series {
  readonly place: string;
  readonly field: string;
  readonly history: readonly Observation[];
  readonly later: readonly Observation[];
  readonly sensor: Sensor;
}

export const fieldNames = [
  'temperature_2m',
  'relative_humidity_2m',
  'precipitation',
  'surface_pressure',
  'wind_speed_10m',
  'wind_gusts_10m',
  'cloud_cover',
] as const satisfies readonly (keyof Weather)[];

export const historyDays = 90;
export const laterDays = 60;
const wholePercents = new Set(['relative_humidity_2m', 'cloud_cover']);

/** Series of generated places, each in a season of its own; every other history holds a fault that nobody noticed. */
export function worldOf(seed: string, count: number): Series[] {
  return placesOf(seed, count).flatMap((place, index) => {
    const random = randomOf('world', seed, index);
    const from = Date.UTC(2025, 0, 1) + Math.floor(random.uniform() * 365) * day;
    const until = from + (historyDays + laterDays) * day;
    const seen = seenWeather(place, `${seed}-${index}`, { from, until, every: 2 * hour });
    return fieldNames.map((field) => {
      const all = seen.map(({ at, values }) => ({ at, value: values[field] }));
      return seriesOf(`${seed}-${index}`, field, all, from + historyDays * day, random);
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
