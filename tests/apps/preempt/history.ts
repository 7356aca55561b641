import type { Bound, Pool } from '../../../apps/kit/mysql/index.ts';
import type { SeenWeather } from '../../../trial/seasons/observing.ts';
import { seenWeather } from '../../../trial/seasons/observing.ts';
import { fieldNames } from '../../../trial/seasons/units.ts';
import type { Weather } from '../../../trial/seasons/weather.ts';

export const hour = 3_600_000;
export const day = 24 * hour;

/** Fields and a location, as seed and store make them; the fields' numbers by their names. */
export async function addLocation(pool: Pool, id: number): Promise<Map<string, number>> {
  await pool.change('INSERT IGNORE INTO fields (name, unit) VALUES ?', [
    fieldNames.map((name) => [name, '']),
  ]);
  await pool.change(
    "INSERT IGNORE INTO locations (id, name, search_name, country, latitude, longitude, population, timezone) VALUES (?, 'Berlin', 'berlin', 'DE', 52.5, 13.4, 1, 'Europe/Berlin')",
    [id],
  );
  const rows = await pool.query<{ id: number; name: string }>('SELECT id, name FROM fields');
  return new Map(rows.map(({ id: number, name }) => [name, number]));
}

/** Weather of a place until a time, as a collector sees it about every two hours. */
export function weatherUntil(id: number, until: number, days: number): SeenWeather[] {
  const place = { latitude: 52.5, longitude: 13.4, elevation: 40 };
  return seenWeather(place, `test-${id}`, { from: until - days * day, until, every: 2 * hour, missing: 0 });
}

/** Puts observations in as the store does: the later collection is kept. */
export async function observe(
  pool: Pool,
  location: number,
  fields: ReadonlyMap<string, number>,
  seen: readonly { readonly at: number; readonly values: Partial<Weather> }[],
): Promise<void> {
  const rows: Bound[][] = seen.flatMap(({ at, values }) =>
    Object.entries(values).map(([name, value]) => [
      location,
      fields.get(name) ?? 0,
      new Date(at),
      value,
      new Date(at + 60_000),
    ]),
  );
  for (let from = 0; from < rows.length; from += 5000) {
    await pool.change(
      'INSERT INTO observations (location_id, field_id, observed_at, value, collected_at) VALUES ? ON DUPLICATE KEY UPDATE value = VALUES(value)',
      [rows.slice(from, from + 5000)],
    );
  }
}

export interface AnomalyRow {
  readonly id: number;
  readonly location_id: number;
  readonly field_id: number;
  readonly started_at: Date;
  readonly ended_at: Date | null;
  readonly severity: string;
  readonly score: number;
  readonly peak_at: Date;
  readonly value: number;
  readonly expected: number;
  readonly explanation: string;
  readonly judged_by: string;
  readonly withdrawn: 0 | 1;
}

export const anomaliesOf = (pool: Pool, location: number) =>
  pool.query<AnomalyRow>('SELECT * FROM anomalies WHERE location_id = ? ORDER BY field_id, started_at', [
    location,
  ]);
