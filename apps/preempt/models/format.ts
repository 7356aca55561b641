import { createHash } from 'node:crypto';
import type { Limits, SeriesModel } from '../judgement/index.ts';

/** The shape of what lies on the volume; a reader of another number leaves it alone. */
export const format = 1;

/** Days for which what a training found is used, models and bands: seasons pass. */
export const modelDays = 7;

/** What stands before the models of a version. */
export interface Header {
  readonly format: number;
  readonly version: number;
  /** ISO 8601. */
  readonly trainedAt: string;
  /** Lines that follow. */
  readonly locations: number;
  /** Series that have a model; a version of before this was noted does not say. */
  readonly series?: number;
  /** By the field's name. */
  readonly limits: Readonly<Record<string, Limits>>;
}

/** The models of one location, by the field's name; a field with too little history is not there. */
export type LocationModels = Readonly<Record<string, SeriesModel>>;

/** `models-00000012.jsonl`: a version is a file that is whole, or is not there at all. */
export const fileOf = (version: number): string => `models-${String(version).padStart(8, '0')}.jsonl`;
export const partialPrefix = '.partial-';

/** The version of a file's name, or undefined for another file. */
export function versionOf(file: string): number | undefined {
  const [, digits] = /^models-(\d{8})\.jsonl$/.exec(file) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

/** A line of the file: whose it is, the SHA-256 of what follows, and that, as JSON. */
export function lineOf(whose: string, content: unknown): string {
  const json = JSON.stringify(content, (_, value) =>
    // Seven digits say more than any history knows.
    typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(7)) : value,
  );
  return `${whose} ${sha256(json)} ${json}\n`;
}

/** Whose line it is: the part before the first space. */
export const whoseLine = (line: string): string => line.slice(0, Math.max(0, line.indexOf(' ')));

/** What a line holds. @throws Error when its content is not what its checksum is of. */
export function contentOf(line: string): unknown {
  const [, sum, json = ''] = /^\S+ ([0-9a-f]{64}) (.*)$/.exec(line) ?? [];
  if (sum === undefined || sha256(json) !== sum) throw new Error('its checksum is wrong');
  return JSON.parse(json);
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
