import type { Limits } from './calibration.ts';

type Six = readonly [number, number, number, number, number, number];

/** Of jump, spike, unusual, level, burst and stuck. */
function limits(own: Six, tails: Six): Limits {
  const named = ([jump, spike, unusual, level, burst, stuck]: Six) => ({
    jump,
    spike,
    unusual,
    level,
    burst,
    stuck,
  });
  return { limits: named(own), tails: named(tails) };
}

/**
 * Limits of a field for want of others: where no trainer has set them. Of generated seasons of many places, rounded
 * (`npm run bench -- preempt` prints them); never of the seasons that its figures come from.
 */
const found: Readonly<Record<string, Limits>> = {
  temperature_2m: limits([28, 12.5, 9, 6, 4.5, 13], [3.5, 1, 2.4, 2.6, 2.9, 0.1]),
  relative_humidity_2m: limits([13, 8.5, 8, 5, 4, 18], [4.5, 1.3, 2.2, 2.1, 2.8, 1.7]),
  precipitation: limits([14, 13, 11, 8, 4.2, 13.5], [3.4, 0.7, 4, 3.3, 2.6, 4]),
  surface_pressure: limits([50, 12.5, 8.5, 6.2, 4.9, 13.5], [4.8, 1, 2.5, 2.4, 3.7, 0.1]),
  wind_speed_10m: limits([10.5, 8.7, 7.3, 5, 3.7, 11], [2.8, 1.2, 2.7, 2.5, 2.2, 0.1]),
  wind_gusts_10m: limits([12, 10, 8, 5, 3.8, 11.3], [3.1, 1.4, 2.8, 2.5, 2.3, 0.1]),
  cloud_cover: limits([6.5, 3.5, 3.4, 3.2, 3, 12.5], [2.8, 1, 1.7, 1.7, 1.9, 3.4]),
};

const any = limits([15, 10, 8, 6, 4, 15], [3.5, 1.2, 2.5, 2.5, 2.5, 1.5]);

export const usualLimits = (field: string): Limits => found[field] ?? any;
