import { randomOf } from './seasons/random.ts';
import { startWeather, type Weather } from './seasons/weather.ts';

const hour = 3_600_000;
const day = 24 * hour;

/** Weather that is made up for any place, from a time on. */
export interface MadeWeather {
  /** The values of a place at a time: asked for an earlier one than before, it gives those again that it gave last. */
  readonly at: (latitude: number, longitude: number, time: number) => Weather;
}

export interface MadeWeatherOptions {
  /** When it begins, in milliseconds since 1970. */
  readonly from: number;
  /** Between these something goes wrong here and there: in milliseconds since 1970. */
  readonly faults?: readonly [number, number];
}

/** What a broken sensor adds, in the field's unit. */
const faults: readonly (readonly [keyof Weather, number])[] = [
  ['temperature_2m', 16],
  ['temperature_2m', -14],
  ['surface_pressure', -38],
  ['wind_gusts_10m', 95],
  ['precipitation', 35],
];
/** The share of places where one is broken. */
const share = 0.05;

interface Fault {
  readonly field: keyof Weather;
  readonly adds: number;
  readonly from: number;
  readonly until: number;
}

/** Makes weather as the generated seasons are, the same for the same beginning, with a fault at one place in twenty. */
export function makeWeather({ from, faults: between }: MadeWeatherOptions): MadeWeather {
  const places = new Map<
    string,
    { next: (at: number) => Weather; last: number; values: Weather; fault: Fault | undefined }
  >();
  const open = (latitude: number, longitude: number) => {
    const random = randomOf('place', latitude, longitude);
    const elevation = Math.round(Math.min(2500, random.exponential(200)));
    const next = startWeather({ latitude, longitude, elevation }, 'trial', from);
    return { next, last: from, values: next(from), fault: faultAt(latitude, longitude, between) };
  };
  return {
    at(latitude, longitude, time) {
      const key = `${latitude} ${longitude}`;
      const place = places.get(key) ?? open(latitude, longitude);
      places.set(key, place);
      if (time > place.last) {
        place.values = place.next(time);
        place.last = time;
      }
      const { values, fault } = place;
      if (fault === undefined || place.last < fault.from || place.last > fault.until) return values;
      return { ...values, [fault.field]: Number((values[fault.field] + fault.adds).toFixed(1)) };
    },
  };
}

function faultAt(
  latitude: number,
  longitude: number,
  between: MadeWeatherOptions['faults'],
): Fault | undefined {
  const random = randomOf('fault', latitude, longitude);
  if (between === undefined || random.uniform() > share) return undefined;
  const [field, adds] = random.pick(faults);
  const from = random.between(...between);
  return { field, adds, from, until: from + random.between(0.4, 1.5) * day };
}
