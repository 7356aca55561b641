import type { Random } from './random.ts';

const hour = 3_600_000;

/** A front that comes over a place. */
interface Front {
  readonly at: number;
  /** Kelvin that it takes away (a cold front) or brings. */
  readonly temperature: number;
  /** Depth of its trough, hPa. */
  readonly pressure: number;
  /** How fast it comes over, in hours. */
  readonly width: number;
}

/** What the fronts near a time add to a place's weather. */
export interface FrontEffect {
  readonly temperature: number;
  readonly pressure: number;
  /** From 0 to about 1: how near it is. */
  readonly nearness: number;
}

/**
 * Fronts of a place: settled weeks with few and unsettled ones with one a day and a half, deeper in winter and towards
 * the poles. Asked at times that grow.
 */
export function startFronts(
  random: Random,
  latitude: number,
  from: number,
): (at: number, winter: number) => FrontEffect {
  const strength = Math.min(1, Math.abs(latitude) / 50) * 0.85 + 0.15;
  let unsettled = random.uniform() < 0.5;
  let changes = from + random.exponential(120) * hour;
  let known: Front[] = [];
  let planned = from - 96 * hour;

  const plan = (until: number, winter: number) => {
    while (planned < until) {
      planned += random.exponential(unsettled ? 36 : 130) * hour;
      if (planned > changes) {
        unsettled = !unsettled;
        changes = planned + random.exponential(unsettled ? 90 : 120) * hour;
      }
      const depth = strength * (1 + 0.4 * winter);
      known.push({
        at: planned,
        temperature: (random.uniform() < 0.65 ? -1 : 0.8) * (0.8 + 2.6 * Math.abs(random.normal())) * depth,
        pressure: (2 + 6 * Math.abs(random.normal())) * depth,
        width: random.between(0.7, 5),
      });
    }
  };
  return (at, winter) => {
    plan(at + 48 * hour, winter);
    known = known.filter((front) => at - front.at < 168 * hour);
    let [temperature, pressure, nearness] = [0, 0, 0];
    for (const front of known) {
      const hours = (at - front.at) / hour;
      const passed = 1 / (1 + Math.exp(-hours / front.width));
      temperature += front.temperature * passed * Math.exp(-Math.max(0, hours) / 45);
      pressure -= front.pressure * Math.exp(-((hours / (hours < 0 ? 14 : 9)) ** 2));
      nearness = Math.max(nearness, Math.exp(-(((hours + 1) / 5) ** 2)) * Math.min(1, front.pressure / 6));
    }
    return { temperature, pressure, nearness };
  };
}
