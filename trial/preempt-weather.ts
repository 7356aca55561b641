import type { Pool } from '../apps/kit/mysql/index.ts';
import { searchName } from '../apps/preempt/search-name.ts';
import { fieldNames, units } from './seasons/units.ts';

/** Weather that is made up, put straight into the tables: for tests and benches of what reads them. */
export interface MadePlace {
  readonly id: number;
  readonly name: string;
  readonly country: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly population: number;
}

/** So many places, spread evenly over the world. */
export function spreadPlaces(count: number): MadePlace[] {
  return Array.from({ length: count }, (_, index) => ({
    id: index + 1,
    name: `Place ${index + 1}`,
    country: ['NL', 'BR', 'KE', 'JP', 'CA'][index % 5] ?? 'NL',
    latitude: Math.round((Math.asin(((index * 0.618034) % 1) * 1.8 - 0.9) * 180 * 1e4) / Math.PI) / 1e4,
    longitude: Math.round((((index * 137.508) % 360) - 180) * 1e4) / 1e4,
    population: 1_000_000 - index * 1000,
  }));
}

export async function makePlaces(pool: Pool, places: readonly MadePlace[], at: Date | null): Promise<void> {
  await pool.change(
    'INSERT INTO locations (id, name, search_name, country, latitude, longitude, elevation, population, timezone, collected_at) VALUES ?',
    [
      places.map(({ id, name, country, latitude, longitude, population }) => [
        ...[id, name, searchName(name), country, latitude, longitude],
        ...[12, population, 'Etc/UTC', at],
      ]),
    ],
  );
}

export async function makeFields(pool: Pool): Promise<void> {
  const rows = fieldNames.map((name, index) => [index + 1, name, units[name]]);
  await pool.change('INSERT INTO fields (id, name, unit) VALUES ?', [rows]);
}

/** Makes the series of all fields at all places (or at these): a value every `minutes` for so many `days` before `until`. */
export async function makeObservations(
  pool: Pool,
  options: {
    readonly days: number;
    readonly minutes: number;
    readonly until: Date;
    readonly places?: readonly number[];
  },
): Promise<void> {
  const { days, minutes, until, places } = options;
  const chosen = places === undefined ? '' : `AND l.id IN (${places.join(', ')})`;
  const count = Math.floor((days * 1440) / minutes);
  const digits =
    '(SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9)';
  const steps = `SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d AS step FROM ${digits} a, ${digits} b, ${digits} c, ${digits} e`;
  // A day's wave, a slow one of a week, and what looks like chance: the same for every run.
  const chance = '(CRC32(CONCAT(l.id, f.id, s.step)) % 1000) / 1000 - 0.5';
  const wave = `SIN((${minutes} * s.step) / 1440 * 2 * PI() + l.longitude / 57.3) * 5 + SIN((${minutes} * s.step) / 10080 * 2 * PI() + l.id) * 3 + 3 * (${chance})`;
  const value = `CASE f.name WHEN 'temperature_2m' THEN 26 - ABS(l.latitude) / 2.4 + ${wave} WHEN 'relative_humidity_2m' THEN 60 + 2 * (${wave}) WHEN 'precipitation' THEN GREATEST(0, ${wave} - 6) WHEN 'surface_pressure' THEN 1010 + ${wave} WHEN 'cloud_cover' THEN LEAST(100, GREATEST(0, 50 + 8 * (${wave}))) ELSE GREATEST(0, 14 + ${wave} + IF(f.name = 'wind_gusts_10m', 10, 0)) END`;
  await pool.change(
    `INSERT INTO observations (location_id, field_id, observed_at, value, collected_at)
     SELECT l.id, f.id, ? - INTERVAL ${minutes} * s.step MINUTE, ROUND(${value}, 1), ?
     FROM locations l, fields f, (${steps}) s WHERE s.step < ${count} ${chosen}
     ORDER BY l.id, f.id, s.step DESC`,
    [until, until],
  );
}

export interface MadeAnomaly {
  readonly location: number;
  readonly field: number;
  readonly startedAt: Date;
  readonly endedAt?: Date;
  readonly severity?: 'minor' | 'major' | 'severe';
  readonly value?: number;
  readonly expected?: number;
  readonly explanation?: string;
}

/** @returns the anomaly's number. */
export async function makeAnomaly(pool: Pool, anomaly: MadeAnomaly): Promise<number> {
  const {
    location,
    field,
    startedAt,
    endedAt = null,
    severity = 'minor',
    value = 31,
    expected = 18,
  } = anomaly;
  const explanation =
    anomaly.explanation ?? `The value was ${value} where ${expected} is usual at this hour of the season.`;
  const { insertId } = await pool.change(
    `INSERT INTO anomalies (location_id, field_id, started_at, ended_at, severity, score, peak_at, value, expected,
       lower_bound, upper_bound, explanation, judged_by) VALUES (?)`,
    [
      [
        ...[location, field, startedAt, endedAt, severity, 7.25, startedAt, value, expected],
        ...[expected - 6, expected + 6, explanation, 'statistics'],
      ],
    ],
  );
  return insertId;
}
