import { createHash } from 'node:crypto';
import { access, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cache } from '../cache.ts';

/**
 * A folder of downloads, named by the content of what pins them: made once by `fill`, which gets an empty folder, and
 * whole or not there at all.
 */
export async function download(
  name: string,
  pins: readonly string[],
  fill: (folder: string) => Promise<void>,
): Promise<string> {
  const hash = createHash('sha256').update(`${process.platform}-${process.arch}`);
  for (const file of pins) hash.update('\0').update(await readFile(file));
  const downloads = join(cache, 'downloads');
  const folder = join(downloads, `${name}-${hash.digest('hex').slice(0, 16)}`);
  if (await isThere(folder)) return folder;
  await mkdir(downloads, { recursive: true });
  const partial = await mkdtemp(join(downloads, 'partial-'));
  try {
    await fill(partial);
    // Another run may have done the same meanwhile, and its folder is as good.
    await rename(partial, folder).catch(async (error) => {
      if (!(await isThere(folder))) throw error;
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return folder;
}

export function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
