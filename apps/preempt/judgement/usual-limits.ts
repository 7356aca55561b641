import type { Limits } from './calibration.ts';

/**
 * Limits of a field for want of others: where no trainer has set them. Of generated seasons of many places, rounded
 * (`npm run bench -- preempt` prints them); never of the seasons that its figures come from.
 */
const found: Readonly<Record<string, Limits>> = {};

const any: Limits = {
  limits: { jump: 8, spike: 5, unusual: 6, level: 5, burst: 3, stuck: 15 },
  tails: { jump: 3, spike: 1.5, unusual: 3, level: 2.5, burst: 2, stuck: 2 },
};

export const usualLimits = (field: string): Limits => found[field] ?? any;
