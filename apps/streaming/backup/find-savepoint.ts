import type { Log } from '@plumbline/kit';
import { type Manifest, namesOf, type Objects, readManifest } from '@plumbline/kit/backup';

/** Which savepoint is looked for. */
export interface Wanted {
  /** The name of one, or `newest`. */
  readonly from: string;
  /** A time that it must not be later than; empty for any. */
  readonly before: string;
}

/** A savepoint in the store. */
export interface Found {
  readonly manifest: Manifest;
  readonly jobId: string;
  /** The folder's name, by which Flink knows it. */
  readonly savepoint: string;
}

/**
 * The newest savepoint that is wanted and was settled in time.
 * @throws Error where there is none, or where objects of it are gone
 */
export async function findSavepoint(
  objects: Objects,
  prefix: string,
  { from, before }: Wanted,
  log: Log,
): Promise<Found> {
  const latest = before === '' ? Number.POSITIVE_INFINITY : Date.parse(before);
  for (const name of (await namesOf(objects, prefix)).reverse()) {
    if (from !== 'newest' && from !== name) continue;
    const manifest = await readManifest(objects, prefix, name);
    const { settledAt = '', jobId = '', savepoint = '' } = manifest.facts;
    if (!(Date.parse(settledAt) <= latest)) {
      log.info({ name, settledAt }, 'is later than the volumes');
      continue;
    }
    if (!/^[0-9a-f]{32}$/.test(jobId) || !/^savepoint-[\w-]+$/.test(savepoint))
      throw new Error(`${name} names no savepoint`);
    const there = new Set(await objects.list(`${prefix}/${name}/`));
    const gone = manifest.files.flatMap(({ parts }) => parts).filter(({ key }) => !there.has(key));
    if (gone.length > 0)
      throw new Error(`${name} is not whole: ${gone.map(({ key }) => key).join(', ')} is gone`);
    return { manifest, jobId, savepoint };
  }
  throw new Error(`no savepoint is there ${before === '' ? '' : `from before ${before} `}as ${from}`);
}
