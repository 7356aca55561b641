import type { Bench } from '../bench.ts';
import { benchScale } from './preempt/scale.ts';

/** How long ml-trainer and detector take for all locations, and the memory that they hold. */
export const benchPreemptScale: Bench = async ({ say }) => `${await benchScale(say)}bench preempt-scale\n`;
