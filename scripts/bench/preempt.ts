import type { Bench } from '../bench.ts';
import { benchApi } from './preempt/api.ts';
import { benchDetection } from './preempt/detection.ts';
import { benchStore } from './preempt/store.ts';

/** What one part of the system was measured at: for people, and as `name=value`. */
export interface Part {
  readonly text: string;
  readonly figures: readonly string[];
}

/** Each part of the weather monitor that promises a number, in turn. */
const parts: readonly ((options: Parameters<Bench>[0]) => Promise<Part>)[] = [
  benchStore,
  ({ say }) => benchDetection(say),
  ({ say }) => benchApi(say),
];

/** Times the parts of preempt, each beside what limits it. */
export const benchPreempt: Bench = async (options) => {
  const found: Part[] = [];
  for (const part of parts) found.push(await part(options));
  const figures = found.flatMap((part) => part.figures);
  return `${found.map(({ text }) => text).join('\n')}\nbench preempt ${figures.join(' ')}\n`;
};
