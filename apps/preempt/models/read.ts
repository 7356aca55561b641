import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Limits } from '../judgement/index.ts';
import { contentOf, fileOf, type Header, type LocationModels, whoseLine } from './format.ts';
import { headerOf, locationModelsOf } from './shape.ts';
import { versionsIn } from './write.ts';

/** What the volume has for some locations. */
export interface Models {
  /** Undefined when no version could be used. */
  readonly version?: number;
  readonly trainedAt?: string;
  /** Series that it has a model of, where its header says so. */
  readonly series?: number;
  readonly limits: Readonly<Record<string, Limits>>;
  readonly locations: ReadonlyMap<number, LocationModels>;
  /** What was wrong, a line each: for the log. */
  readonly wrong: readonly string[];
  /** Why a location has no model, in a few words: for its alerts. */
  readonly why: (location: number) => string;
}

export interface ReadOptions {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Older versions are not used: seasons pass. */
  readonly mostDays: number;
}

/** Of the future is what a clock that was ahead wrote: by the database's, which all ask, no more than a fail-over's step. */
const mostAhead = 3_600_000;

/**
 * Reads the models of some locations from the newest version that can be used. Nothing on the volume makes it fail: what
 * is missing, of another format, too old or broken is told, and leaves its locations without a model.
 */
export async function readModels(
  folder: string,
  wanted: ReadonlySet<number>,
  { now, mostDays }: ReadOptions,
): Promise<Models> {
  const wrong: string[] = [];
  const versions = await versionsIn(folder).catch((error: Error) => {
    wrong.push(error.message);
    return [];
  });
  let reason = 'there is no model yet';
  for (const version of versions) {
    const file = join(folder, fileOf(version));
    try {
      const found = await readVersion(file, wanted);
      const age = now - Date.parse(found.header.trainedAt);
      if (age < -mostAhead) {
        reason = 'the newest model is of a time to come';
        wrong.push(`${file}: trained at ${found.header.trainedAt}, which has not come yet`);
        continue;
      }
      if (age > mostDays * 86_400_000) {
        reason = `the newest model is of ${found.header.trainedAt.slice(0, 10)}`;
        wrong.push(`${file}: trained at ${found.header.trainedAt}, more than ${mostDays} days ago`);
        break;
      }
      const { broken, missing } = found;
      const { series } = found.header;
      return {
        version,
        trainedAt: found.header.trainedAt,
        ...(series === undefined ? {} : { series }),
        limits: found.header.limits,
        locations: found.locations,
        wrong: [
          ...wrong,
          ...[...broken].map(([location, why]) => `${file}: location ${location}: ${why}`),
          ...(missing > 0
            ? [`${file}: it is cut: ${missing} of ${found.header.locations} lines are not there`]
            : []),
        ],
        why: (location) =>
          broken.has(location)
            ? 'its model is broken'
            : found.locations.has(location)
              ? 'too little history for a model'
              : missing > 0
                ? 'the model is cut'
                : 'there is no model of this location yet',
      };
    } catch (error) {
      reason = 'the model is broken';
      wrong.push(`${file}: ${(error as Error).message}`);
    }
  }
  return { limits: {}, locations: new Map(), wrong, why: () => reason };
}

/**
 * @returns with why a location's line is broken, and how many lines the header names that are not there.
 * @throws Error when the file, its header or its format is not right.
 */
async function readVersion(file: string, wanted: ReadonlySet<number>) {
  const locations = new Map<number, LocationModels>();
  const broken = new Map<number, string>();
  let read = 0;
  let header: Header | undefined;
  const input = createReadStream(file);
  const failed = new Promise<never>((_, reject) => input.once('error', reject));
  failed.catch(() => {});
  // A stream's error does not reach who reads its lines.
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })[Symbol.asyncIterator]();
  for (;;) {
    const { value: line, done } = await Promise.race([lines.next(), failed]);
    if (done === true) break;
    if (header === undefined) {
      header = headerOf(contentOf(line));
      // Who wants no location asks for the header alone.
      if (wanted.size === 0) break;
      continue;
    }
    read += 1;
    const location = Number(whoseLine(line));
    if (!wanted.has(location)) continue;
    try {
      locations.set(location, locationModelsOf(contentOf(line)));
    } catch (error) {
      broken.set(location, (error as Error).message);
    }
  }
  input.destroy();
  if (header === undefined) throw new Error('it is empty');
  const missing = wanted.size === 0 ? 0 : Math.max(0, header.locations - read);
  return { header, locations, broken, missing };
}
