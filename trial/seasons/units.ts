import type { Weather } from './weather.ts';

/** The unit that the source gives for each. */
export const units: Readonly<Record<keyof Weather, string>> = {
  temperature_2m: '°C',
  relative_humidity_2m: '%',
  precipitation: 'mm',
  surface_pressure: 'hPa',
  wind_speed_10m: 'km/h',
  wind_gusts_10m: 'km/h',
  cloud_cover: '%',
};

export const fieldNames = Object.keys(units) as (keyof Weather)[];
