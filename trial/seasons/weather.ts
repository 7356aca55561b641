import { startFronts } from './fronts.ts';
import { type Random, randomOf } from './random.ts';
import { humidityOf, pressureAt, summer, sunHeight } from './sky.ts';

/** Where weather is generated. */
export interface Place {
  readonly latitude: number;
  readonly longitude: number;
  /** Metres. */
  readonly elevation: number;
}

/** The fields of Open-Meteo's `current` that are monitored, in its units and with its rounding. */
export interface Weather {
  readonly temperature_2m: number;
  readonly relative_humidity_2m: number;
  readonly precipitation: number;
  readonly surface_pressure: number;
  readonly wind_speed_10m: number;
  readonly wind_gusts_10m: number;
  readonly cloud_cover: number;
}

const hour = 3_600_000;
/** How finely it is worked out. */
const step = hour / 2;
const round = (value: number, digits = 1) => Number(value.toFixed(digits));

/**
 * Weather of a place, shaped as real weather is and with every chance of its own seed: cycles of year and day by the
 * sun's height, fronts in settled and unsettled spells, clouds that flatten the day, rain that starts and stops, showers
 * of summer afternoons, the tides of pressure. Asked at times that grow, the first of them not before `from`.
 */
export function startWeather(place: Place, seed: number | string, from: number): (at: number) => Weather {
  const random = randomOf('weather', seed, place.latitude, place.longitude);
  const frontsAt = startFronts(random, place.latitude, from);
  const north = Math.abs(place.latitude);
  const drySpell = random.between(0.5, 1.6);
  const maritime = random.uniform();
  const annual = (0.9 - 0.6 * maritime) * 0.32 * north;
  const mean = 28 - 0.42 * Math.max(0, north - 12) - 0.0062 * place.elevation;
  const dayRange = (4.5 + 5 * (1 - maritime)) * random.between(0.8, 1.2);
  const walks = {
    air: smooth(random, [60, 20, 4], 1.1 + 0.045 * north),
    sea: smooth(random, [80, 24, 8], 1.5 + 0.11 * north),
    cloud: smooth(random, [14, 4, 1], 1.5),
    dew: smooth(random, [36, 8, 2], 2.2),
    wind: smooth(random, [16, 5, 1.5], 0.42),
  };
  let ground = mean + annual * summer(place, from);
  let at = from - 72 * hour;
  let raining = 0;
  let shower = 0;
  let now: Weather | undefined;

  const advance = (): Weather => {
    at += step;
    const season = summer(place, at);
    const winter = -season;
    const front = frontsAt(at, winter);
    const sun = Math.max(0, sunHeight(place, at));
    const cloudiness = walks.cloud(at) + 3.2 * front.nearness - 0.2 + 0.5 * (raining > 0 ? 1 : 0);
    const cloud = 100 / (1 + Math.exp(-1.7 * cloudiness));
    // A shower of a warm afternoon: soon over, and seen by nobody before.
    const chance = sun > 0.5 && season > 0 && cloud > 35 ? 0.012 * (mean > 8 ? 1 : 0.4) : 0;
    shower = random.uniform() < chance ? random.between(0.6, 1) : shower * 0.45;
    raining = nextRain(random, raining, front.nearness + (cloud > 85 ? 0.12 : 0), drySpell);
    const heating = dayRange * (1 - 0.0065 * cloud) * (sun * 2.2 - 0.55) * (1 - 0.25 * maritime);
    ground += (mean + annual * season + heating - ground) * 0.14 - 1.1 * shower - 0.25 * raining;
    const air = ground + walks.air(at) + front.temperature;
    const dew = Math.min(
      air - 0.1,
      mean +
        annual * season -
        4.5 +
        0.55 * (air - ground) +
        walks.dew(at) +
        2.4 * Math.min(1, raining) +
        2 * front.nearness,
    );
    const turn = (4 * Math.PI * ((at / hour + place.longitude / 15) % 24)) / 24;
    const tide = 1.2 * Math.cos((place.latitude * Math.PI) / 180) ** 3 * Math.cos(turn - (10 * Math.PI) / 6);
    const sea = 1014 + walks.sea(at) + front.pressure + tide;
    const wind =
      (6 + 0.09 * north) * Math.exp(walks.wind(at) + 0.25 * sun + 0.75 * front.nearness + 0.9 * shower);
    const gusts = wind * (1.5 + 0.35 * sun + 0.5 * shower + 0.12 * random.normal()) + 2;
    const humidity = humidityOf(air, dew);
    const seen = 104 * (cloud / 100) - 2 + 6 * random.normal() * (cloud > 3 && cloud < 97 ? 1 : 0);
    return {
      temperature_2m: round(air + 0.12 * random.normal()),
      relative_humidity_2m: round(Math.max(4, Math.min(100, humidity + 0.8 * random.normal())), 0),
      precipitation: round(raining * 0.9 + 9 * shower ** 3 * (shower > 0.55 ? 1 : 0)),
      surface_pressure: round(pressureAt(sea, place.elevation) + 0.06 * random.normal()),
      wind_speed_10m: round(Math.max(0, wind + 0.5 * random.normal())),
      wind_gusts_10m: round(Math.max(wind + 1, gusts)),
      cloud_cover: Math.max(0, Math.min(100, Math.round(seen))),
    };
  };
  return (asked) => {
    while (now === undefined || at < asked) now = advance();
    return now;
  };
}

/**
 * A deviation that comes and goes smoothly: noise through filters one after the other, of the given times in hours,
 * so that neither its value nor its trend jumps.
 */
function smooth(random: Random, hours: readonly number[], deviation: number): (at: number) => number {
  const rates = hours.map((one) => step / hour / (one + step / hour));
  const states = hours.map(() => 0);
  // What a chain of filters leaves of white noise, by trying; of a generator of its own, to be the same for each.
  const gain = deviation / gainOf(rates);
  return () => {
    let input = random.normal();
    rates.forEach((rate, index) => {
      states[index] = (states[index] as number) + rate * (input - (states[index] as number));
      input = states[index] as number;
    });
    return input * gain;
  };
}

const gains = new Map<string, number>();

/** The deviation of a chain's output: the root of the sum of its answer to one impulse, squared. */
function gainOf(rates: readonly number[]): number {
  const key = rates.join();
  const known = gains.get(key);
  if (known !== undefined) return known;
  const states = rates.map(() => 0);
  let squares = 0;
  for (let index = 0; index < 6000; index += 1) {
    let input = index === 0 ? 1 : 0;
    rates.forEach((rate, place) => {
      states[place] = (states[place] as number) + rate * (input - (states[place] as number));
      input = states[place] as number;
    });
    squares += input * input;
  }
  gains.set(key, Math.sqrt(squares));
  return Math.sqrt(squares);
}

/** Rain as two states, dry and wet, with skewed amounts that persist while it rains; millimetres an hour. */
function nextRain(random: Random, raining: number, nearness: number, drySpell: number): number {
  if (raining === 0) {
    const starts = (0.004 + 0.22 * nearness ** 1.5) / drySpell;
    return random.uniform() < starts ? 0.1 + random.exponential(0.5 + 1.6 * nearness) : 0;
  }
  if (random.uniform() < 0.16 * (1.1 - Math.min(1, nearness))) return 0;
  return Math.max(0.1, raining * Math.exp(0.35 * random.normal()) * 0.9 + 0.1 * random.exponential(0.8));
}
