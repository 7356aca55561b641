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
 * (families of seeds that the bench's figures never come from).
 */
const found: Readonly<Record<string, Limits>> = {
  temperature_2m: limits([32, 16, 13, 5.8, 4.6, 12], [3.5, 1, 2.3, 2.4, 2.8, 0.1]),
  relative_humidity_2m: limits([12, 8.2, 12.5, 4, 4, 19], [4.5, 1.3, 2.1, 2.1, 2.9, 1.6]),
  precipitation: limits([11.5, 15, 11, 7.3, 3.6, 12], [3.4, 0.7, 4, 3.4, 2.6, 4.4]),
  surface_pressure: limits([32, 7.5, 6.2, 4.6, 5.4, 9.5], [3.9, 0.8, 2.4, 2.5, 3.2, 0.1]),
  wind_speed_10m: limits([11, 10.5, 7.6, 4.6, 3.9, 9], [2.9, 1.1, 2.8, 2.5, 2.3, 0.1]),
  wind_gusts_10m: limits([12.5, 12, 8.7, 4.8, 3.6, 9.5], [3.1, 1.4, 2.8, 2.6, 2.3, 0.1]),
  cloud_cover: limits([6.2, 3, 2, 2.7, 2.8, 13.5], [2.8, 1, 1.7, 1.7, 1.9, 3.3]),
};

const any = limits([15, 10, 8, 6, 4, 15], [3.5, 1.2, 2.5, 2.5, 2.5, 1.5]);

export const usualLimits = (field: string): Limits => found[field] ?? any;
