import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A location, as a row for the database: id, name, search name, country, latitude, longitude, population, timezone. */
export type LocationRow = readonly [number, string, string, string, number, number, number, string];

const header = 'id,name,search_name,country,latitude,longitude,population,timezone';

/**
 * The locations of the gazetteer that comes with the image.
 * @throws Error that names the file and the line of what is no location.
 */
export async function readLocations(
  file: string = join(import.meta.dirname, '..', 'locations_seed.csv'),
): Promise<LocationRow[]> {
  const [first, ...lines] = (await readFile(file, 'utf8')).split('\n');
  if (first !== header) throw new Error(`${file}:1: the columns should be ${header}`);
  return lines
    .filter((line) => line !== '')
    .map((line, index) => {
      const [id, name = '', search = '', country = '', latitude, longitude, population, timezone = ''] =
        splitLine(line);
      const numbers = [id, latitude, longitude, population].map(Number);
      const [number = 0, north = 0, east = 0, people = 0] = numbers;
      const place = Math.abs(north) <= 90 && Math.abs(east) <= 180;
      const right = number > 0 && place && people >= 0 && name !== '' && /^[A-Z]{2}$/.test(country);
      if (!right || !/^[A-Za-z_]+(?:\/[\w+-]+)*$/.test(timezone)) {
        throw new Error(`${file}:${index + 2}: no location: ${line}`);
      }
      return [number, name, search, country, north, east, people, timezone] as const;
    });
}

/** A line of CSV: a column may stand between quotes, and holds no line break. */
function splitLine(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  );
}
