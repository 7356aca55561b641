export { type Counts, GaveUp, Refused } from './deliver.ts';
export { type GenerateOptions, generate, linesOf, noCounts } from './generate.ts';
export type { Line } from './lines.ts';
