import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * A folder of results named by the digest of what they were made from.
 *
 * An entry never changes, so a reader needs no lock; a writer puts it in place whole by a rename. It begins with the
 * digest of its value: a damaged entry is a miss, as a missing one. Losing the folder loses time, nothing else.
 */
export interface Store {
  get(key: string): Promise<Buffer | undefined>;
  put(key: string, value: string | Uint8Array): Promise<void>;
  /** Removes the entries that no run has used for the given number of days. */
  prune(days: number): Promise<void>;
}

const digestLength = 32;

function digestOf(value: Uint8Array): Buffer {
  return createHash('sha256').update(value).digest();
}

/** Opens a store in a folder, which is made when the first entry is written. */
export function openStore(folder: string): Store {
  return {
    async get(key) {
      try {
        const path = join(folder, key);
        const entry = await readFile(path);
        const value = entry.subarray(digestLength);
        if (!digestOf(value).equals(entry.subarray(0, digestLength))) return undefined;
        const now = new Date();
        await utimes(path, now, now);
        return value;
      } catch {
        return undefined;
      }
    },
    async put(key, value) {
      const path = join(folder, key);
      const partial = `${path}.${randomBytes(6).toString('hex')}.partial`;
      await mkdir(dirname(path), { recursive: true });
      const bytes = typeof value === 'string' ? Buffer.from(value) : value;
      try {
        await writeFile(partial, Buffer.concat([digestOf(bytes), bytes]));
        await rename(partial, path);
      } catch (error) {
        await rm(partial, { force: true });
        throw error;
      }
    },
    async prune(days) {
      const oldest = Date.now() - days * 86_400_000;
      for (const name of await readdir(folder).catch(() => [])) {
        const path = join(folder, name);
        const entry = await stat(path).catch(() => undefined);
        if (entry?.isFile() && entry.mtimeMs < oldest) await rm(path, { force: true });
      }
    },
  };
}

/** A store that remembers nothing: every run is the first. */
export const noStore: Store = {
  get: async () => undefined,
  put: async () => {},
  prune: async () => {},
};
