import { units } from '../../seasons/units.ts';

/** The unit of a field, as the source has it; undefined for one that the double does not know. */
export function unitOf(field: string): string | undefined {
  return (units as Readonly<Record<string, string>>)[field];
}

/** A made-up value: a year and a day at that latitude, and a disturbance that moves over the place. */
export function currentOf(field: string, latitude: number, longitude: number, time: Date): number {
  const hours = time.getTime() / 3_600_000;
  const year = Math.cos(((hours / 24 - 200) / 365.25) * 2 * Math.PI) * Math.sign(latitude || 1);
  const day = Math.cos(((hours + longitude / 15 - 15) / 24) * 2 * Math.PI);
  const front = Math.sin(hours / 37 + longitude / 9) * Math.cos(hours / 53 + latitude / 7);
  const jitter = noise(field, latitude, longitude, time.getTime());
  const wet = Math.max(0, front - 0.4);
  const wind = 8 + 22 * Math.abs(front) + 3 * jitter;
  const found: Readonly<Record<string, number>> = {
    temperature_2m:
      28 - Math.abs(latitude) * 0.5 + 12 * year * (Math.abs(latitude) / 60) + 4 * day - 3 * front + jitter,
    relative_humidity_2m: clamp(65 - 15 * day + 20 * front + 3 * jitter, 5, 100),
    precipitation: wet * 4,
    surface_pressure: 1008 - 14 * front + jitter,
    wind_speed_10m: Math.max(0, wind),
    wind_gusts_10m: Math.max(0, wind * 1.7),
    cloud_cover: clamp(50 + 60 * front, 0, 100),
  };
  return Math.round((found[field] ?? 0) * 10) / 10;
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}

/** Between -1 and 1, the same for the same place and time. */
function noise(field: string, ...numbers: readonly number[]): number {
  let hash = 2_166_136_261;
  for (const letter of `${field} ${numbers.join(' ')}`) {
    hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 16_777_619);
  }
  return ((hash >>> 0) / 0xffff_ffff) * 2 - 1;
}
