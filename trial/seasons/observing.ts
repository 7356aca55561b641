import { randomOf } from './random.ts';
import { type Place, startWeather, type Weather } from './weather.ts';

export interface SeenWeather {
  /** When it was, on a grid of 15 minutes: milliseconds since 1970. */
  readonly at: number;
  readonly values: Weather;
}

export interface Seeing {
  readonly from: number;
  readonly until: number;
  /** Milliseconds between two looks, in the middle. */
  readonly every: number;
  /** The share of looks that fail; outages of half a day come besides, one in two months. */
  readonly missing?: number;
}

const quarter = 15 * 60_000;
const hour = 4 * quarter;

/** Looks at a place's weather as a collector under a budget does: about every two hours, not quite evenly, with gaps. */
export function seenWeather(place: Place, seed: number | string, seeing: Seeing): SeenWeather[] {
  const { from, until, every, missing = 0.02 } = seeing;
  const weatherAt = startWeather(place, seed, from);
  const random = randomOf('seeing', seed, place.latitude, place.longitude);
  const seen: SeenWeather[] = [];
  let outage = from + random.exponential(60 * 24) * hour;
  let last = Number.NaN;
  for (let time = from; time < until; time += every * random.between(0.85, 1.15)) {
    const at = Math.floor(time / quarter) * quarter;
    const values = weatherAt(at);
    if (time > outage) {
      if (time < outage + 12 * hour) continue;
      outage = time + random.exponential(60 * 24) * hour;
    }
    if (at === last || random.uniform() < missing) continue;
    last = at;
    seen.push({ at, values });
  }
  return seen;
}

/** Places spread over the inhabited latitudes. */
export function placesOf(seed: number | string, count: number): Place[] {
  const random = randomOf('places', seed);
  return Array.from({ length: count }, () => ({
    latitude: Number((random.uniform() < 0.75 ? random.between(0, 64) : random.between(-45, 0)).toFixed(3)),
    longitude: Number(random.between(-180, 180).toFixed(3)),
    elevation: Math.round(Math.min(3500, random.exponential(260))),
  }));
}
