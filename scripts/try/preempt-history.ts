import type { Bound, Pool } from '../../apps/kit/mysql/index.ts';
import type { MadeWeather } from '../../trial/made-weather.ts';
import { units } from '../../trial/seasons/units.ts';
import type { Weather } from '../../trial/seasons/weather.ts';

/** From when until when, and how often: milliseconds. */
export interface History {
  readonly from: number;
  readonly until: number;
  readonly every: number;
}

const rowsAStatement = 20_000;

/** Puts into the tables what the store would have: the weather of every location as if it had been watched. */
export async function fillHistory(
  pool: Pool,
  weather: MadeWeather,
  { from, until, every }: History,
): Promise<void> {
  await pool.change('INSERT IGNORE INTO fields (name, unit) VALUES ?', [Object.entries(units)]);
  const fields = await pool.query<{ id: number; name: keyof Weather }>('SELECT id, name FROM fields');
  const places = await pool.query<{ id: number; latitude: number; longitude: number }>(
    'SELECT id, latitude, longitude FROM locations ORDER BY id',
  );
  let rows: Bound[][] = [];
  const flush = async () => {
    if (rows.length === 0) return;
    await pool.change(
      'INSERT IGNORE INTO observations (location_id, field_id, observed_at, value, collected_at) VALUES ?',
      [rows],
    );
    rows = [];
  };
  for (const { id, latitude, longitude } of places) {
    for (let at = from; at < until; at += every) {
      const observed = new Date(Math.floor(at / 900_000) * 900_000);
      const values = weather.at(Number(latitude), Number(longitude), at);
      for (const field of fields) rows.push([id, field.id, observed, values[field.name], new Date(at)]);
    }
    if (rows.length >= rowsAStatement) await flush();
  }
  await flush();
}
