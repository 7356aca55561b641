import { link, open, readdir, rename, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileOf, partialPrefix, versionOf } from './format.ts';

/** Versions that are kept besides the newest: a reader may have one open, and a bad one can be left for the one before. */
const kept = 4;

/** The versions on the volume, the newest first. */
export async function versionsIn(folder: string): Promise<number[]> {
  const versions = (await readdir(folder)).map(versionOf).filter((version) => version !== undefined);
  return versions.sort((a, b) => b - a);
}

/**
 * Publishes a version: written whole to a file of another name, on the disk before it gets its own, and the folder after
 * it. A name that another trainer has taken is not taken from it.
 * @param mayPublish asked last: false leaves everything as it was.
 * @returns false when it was not published.
 * @throws the system's error when the volume is full or read-only; nothing of it stays then.
 */
export async function publish(
  folder: string,
  version: number,
  lines: Iterable<string>,
  mayPublish: () => Promise<boolean> = async () => true,
): Promise<boolean> {
  const partial = join(folder, `${partialPrefix}${version}-${process.pid}-${Date.now()}`);
  try {
    const file = await open(partial, 'wx', 0o644);
    try {
      let waiting = '';
      for (const line of lines) {
        waiting += line;
        if (waiting.length < 1 << 20) continue;
        await file.appendFile(waiting);
        waiting = '';
      }
      // Unlike `write`, which ends short on a disk that fills up and calls it a success.
      await file.appendFile(waiting);
      await file.sync();
    } finally {
      await file.close();
    }
    if (!(await mayPublish())) return false;
    await name(partial, join(folder, fileOf(version)));
  } finally {
    await rm(partial, { force: true }).catch(() => {});
  }
  await syncFolder(folder);
  return true;
}

/** A link, unlike a new name, never replaces what is there; not every volume knows links. */
async function name(partial: string, file: string): Promise<void> {
  try {
    await link(partial, file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(code ?? '')) throw error;
    await rename(partial, file);
  }
}

/** Removes versions beyond those that are kept, and what a killed trainer left half written. */
export async function tidy(folder: string): Promise<void> {
  const names = await readdir(folder);
  const newest = new Set((await versionsIn(folder)).slice(0, kept + 1));
  for (const name of names) {
    const version = versionOf(name);
    const isOld = version === undefined ? name.startsWith(partialPrefix) : !newest.has(version);
    if (isOld) await unlink(join(folder, name)).catch(() => {});
  }
}

async function syncFolder(folder: string): Promise<void> {
  const opened = await open(folder, 'r');
  try {
    await opened.sync();
  } finally {
    await opened.close();
  }
}
