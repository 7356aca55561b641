/** What is known of a field before any of its values: units, bounds, and the scale on which its values spread evenly. */
export interface Field {
  readonly name: string;
  readonly unit: string;
  /** As a sentence begins with it: `temperature`. */
  readonly words: string;
  /** No weather gives less or more: a value beyond is a fault. */
  readonly least: number;
  readonly most: number;
  /** Values at which weather itself stays: a dry week, a clear sky. Runs of them are counted apart. */
  readonly resting: readonly number[];
  /** True when only more than expected is an anomaly from one value to the next. */
  readonly onlyAbove: boolean;
  /** True when most values lie close to their median, so that the median's deviation says how they spread. */
  readonly regular: boolean;
  /** To the scale on which deviations are measured, and back. */
  readonly spread: (value: number) => number;
  readonly unspread: (measure: number) => number;
  /** The smallest deviation that counts, on that scale: the source's own rounding. */
  readonly grain: number;
}

const same = (value: number) => value;
const root = (value: number) => Math.sqrt(Math.max(0, value));
const square = (measure: number) => Math.max(0, measure) ** 2;
/** Amounts of rain are near to normal by their cube root (C. K. Stidd, 1953). */
const cubeRoot = (value: number) => Math.cbrt(Math.max(0, value));
const cube = (measure: number) => Math.max(0, measure) ** 3;
const usual = {
  resting: [] as readonly number[],
  onlyAbove: false,
  regular: true,
  spread: same,
  unspread: same,
  grain: 0.05,
};

/**
 * Records of the World Meteorological Organization's archive of extremes, with some room: temperature -89.2 to 56.7 °C,
 * 305 mm of rain in 42 minutes, a gust of 408 km/h. Pressure is at the surface, on a mountain too.
 */
const known: readonly Field[] = [
  { ...usual, name: 'temperature_2m', unit: '°C', words: 'temperature', least: -90, most: 60 },
  {
    ...usual,
    name: 'relative_humidity_2m',
    unit: '%',
    words: 'relative humidity',
    least: 0,
    most: 100,
    resting: [100],
    grain: 0.5,
  },
  {
    ...usual,
    name: 'precipitation',
    unit: 'mm',
    words: 'precipitation',
    least: 0,
    most: 310,
    resting: [0],
    onlyAbove: true,
    regular: false,
    spread: cubeRoot,
    unspread: cube,
    grain: 0.1,
  },
  { ...usual, name: 'surface_pressure', unit: 'hPa', words: 'surface pressure', least: 450, most: 1090 },
  {
    ...usual,
    name: 'wind_speed_10m',
    unit: 'km/h',
    words: 'wind speed',
    least: 0,
    most: 410,
    resting: [0],
    spread: root,
    unspread: square,
  },
  {
    ...usual,
    name: 'wind_gusts_10m',
    unit: 'km/h',
    words: 'wind gusts',
    least: 0,
    most: 410,
    resting: [0],
    spread: root,
    unspread: square,
  },
  {
    ...usual,
    name: 'cloud_cover',
    unit: '%',
    words: 'cloud cover',
    least: 0,
    most: 100,
    resting: [0, 100],
    regular: false,
    grain: 1,
  },
];

/** The field of a name; one that nothing is known of is judged as it stands, without bounds. */
export function fieldOf(name: string): Field {
  const found = known.find((field) => field.name === name);
  const words = name.replaceAll('_', ' ');
  return found ?? { ...usual, name, unit: '', words, least: -Infinity, most: Infinity };
}
