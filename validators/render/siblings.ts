import { readdir } from 'node:fs/promises';

/** The names in a folder, or none when there is no such folder. */
export async function siblings(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
