import type { Bench } from '../bench.ts';
import { benchPages } from './feastflow/pages.ts';
import { benchRates } from './feastflow/rates.ts';
import { benchRollingRestart } from './feastflow/rolling-restart.ts';
import type { Part } from './part.ts';

const parts: readonly ((options: Parameters<Bench>[0]) => Promise<Part>)[] = [
  benchRates,
  benchRollingRestart,
  benchPages,
];

/** Times what guests ask of the shop beside its database alone, counts what a rolling restart under load fails, and opens its pages as a slow phone. */
export const benchFeastflow: Bench = async (options) => {
  const found: Part[] = [];
  for (const part of parts) found.push(await part(options));
  const figures = found.flatMap((part) => part.figures);
  return `${found.map(({ text }) => text).join('\n')}\nbench feastflow ${figures.join(' ')}\n`;
};
