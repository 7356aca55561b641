import type { Bench } from '../bench.ts';
import { benchDetection } from './preempt/detection.ts';

/** What the detector finds beside a plain z-score; one part a file, all of them in the last line. */
export const benchPreempt: Bench = async ({ say }) => {
  const parts = [await benchDetection(say)];
  const figures = parts.flatMap((part) => part.figures);
  return `${parts.map(({ text }) => text).join('\n\n')}\nbench preempt ${figures.join(' ')}\n`;
};
