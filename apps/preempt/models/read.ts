import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Limits } from '../judgement/index.ts';
import { contentOf, fileOf, format, type Header, type LocationModels, whoseLine } from './format.ts';
import { versionsIn } from './write.ts';

/** What the volume has for some locations. */
export interface Models {
  /** Undefined when no version could be used. */
  readonly version?: number;
  readonly trainedAt?: string;
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
      if (now - Date.parse(found.header.trainedAt) > mostDays * 86_400_000) {
        reason = `the newest model is of ${found.header.trainedAt.slice(0, 10)}`;
        wrong.push(`${file}: trained at ${found.header.trainedAt}, more than ${mostDays} days ago`);
        break;
      }
      const broken = new Set(found.broken);
      return {
        version,
        trainedAt: found.header.trainedAt,
        limits: found.header.limits,
        locations: found.locations,
        wrong: [
          ...wrong,
          ...found.broken.map((location) => `${file}: location ${location}: its checksum is wrong`),
        ],
        why: (location) =>
          broken.has(location)
            ? 'its model is broken'
            : found.locations.has(location)
              ? 'too little history for a model'
              : 'there is no model of this location yet',
      };
    } catch (error) {
      reason = 'the model is broken';
      wrong.push(`${file}: ${(error as Error).message}`);
    }
  }
  return { limits: {}, locations: new Map(), wrong, why: () => reason };
}

/** @throws Error when the file, its header or its format is not right. */
async function readVersion(file: string, wanted: ReadonlySet<number>) {
  const locations = new Map<number, LocationModels>();
  const broken: number[] = [];
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
      header = contentOf(line) as Header;
      if (header.format !== format) {
        throw new Error(`its format is ${header.format}, and this program reads ${format}`);
      }
      // Who wants no location asks for the header alone.
      if (wanted.size === 0) break;
      continue;
    }
    const location = Number(whoseLine(line));
    if (!wanted.has(location)) continue;
    try {
      locations.set(location, contentOf(line) as LocationModels);
    } catch {
      broken.push(location);
    }
  }
  input.destroy();
  if (header === undefined) throw new Error('it is empty');
  return { header, locations, broken };
}
