import { median, scaleOf, shrunk } from './robust.ts';
import { day, hour } from './series.ts';

/** What is usual at each part of the day in this season, on the field's even scale. */
export interface Climate {
  /** Medians of 8 parts of three hours, by UTC. */
  readonly medians: readonly number[];
  /** Robust standard deviations of the same parts. */
  readonly deviations: readonly number[];
}

/** Parts of a day; with one value every two hours each has some 130 in three months. */
export const partsOfDay = 8;
/** So many samples weigh as much as the whole day's figure. */
const weight = 12;
/** A season: so many days before or after, in this year or another. */
const seasonDays = 45;
const year = 365.2425 * day;

export const partOf = (at: number): number => Math.floor((at % day) / (3 * hour));

/** What is usual at a time: between the middles of two parts of the day by proportion. */
export function usualAt({ medians, deviations }: Climate, at: number): { median: number; deviation: number } {
  const place = (at % day) / (3 * hour) - 0.5;
  const low = (Math.floor(place) + partsOfDay) % partsOfDay;
  const high = (low + 1) % partsOfDay;
  const share = place - Math.floor(place);
  const between = (of: readonly number[]) => (of[low] as number) * (1 - share) + (of[high] as number) * share;
  return { median: between(medians), deviation: between(deviations) };
}

/**
 * The climate of a season from a location's own history: the median and the median absolute deviation by the hour and
 * the time of the year, drawn to the whole day's where samples are few.
 * @param around the time whose season is meant, milliseconds.
 */
export function climateOf(
  times: ArrayLike<number>,
  measures: ArrayLike<number>,
  around: number,
  regular: boolean,
  grain: number,
): Climate {
  const parts: number[][] = Array.from({ length: partsOfDay }, () => []);
  const all: number[] = [];
  for (let index = 0; index < times.length; index += 1) {
    const at = times[index] as number;
    if (daysApart(at, around) > seasonDays && !within(at, around)) continue;
    const measure = measures[index] as number;
    parts[partOf(at)]?.push(measure);
    all.push(measure);
  }
  if (all.length === 0) {
    return { medians: Array(partsOfDay).fill(0), deviations: Array(partsOfDay).fill(grain) };
  }
  const centre = median(all);
  const spread = scaleOf(all, regular, grain);
  const medians = parts.map((part) =>
    part.length === 0 ? centre : shrunk(median(part), part.length, centre, weight),
  );
  const deviations = parts.map((part) => {
    const own = part.length < 3 ? spread : scaleOf(part, regular, grain);
    return Math.max(grain, shrunk(own, part.length, spread, weight));
  });
  return { medians, deviations };
}

/** The last three months always count: a young history has no other. */
const within = (at: number, around: number) => at <= around && around - at <= 2 * seasonDays * day;

/** The season of a time, a year before: from when until when, milliseconds. */
export function seasonBefore(at: number): { readonly from: number; readonly until: number } {
  return { from: at - year - seasonDays * day, until: at - year + seasonDays * day };
}

/** Days between two times of the year, whatever the years. */
function daysApart(one: number, other: number): number {
  const apart = Math.abs(one - other) % year;
  return Math.min(apart, year - apart) / day;
}
