import { searchName } from '../../apps/preempt/search-name.ts';
import type { Place } from './choose.ts';

/** The columns of locations_seed.csv. */
export const columns = [
  'id',
  'name',
  'search_name',
  'country',
  'latitude',
  'longitude',
  'population',
  'timezone',
] as const;

/** Places as a CSV file, in the order of their numbers, so that another choice is a small difference. */
export function toCsv(places: readonly Place[]): string {
  const lines = places
    .toSorted((one, other) => one.id - other.id)
    .map((place) => {
      const { id, name, country, latitude, longitude, population, timezone } = place;
      const degrees = [latitude, longitude].map((number) => number.toFixed(5));
      return [id, quoted(name), quoted(searchName(name)), country, ...degrees, population, timezone].join(
        ',',
      );
    });
  return `${columns.join(',')}\n${lines.join('\n')}\n`;
}

function quoted(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
