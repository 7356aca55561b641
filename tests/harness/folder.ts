import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A folder of a test's own, removed when its scope ends: `await using folder = await folderWith({...})`. */
export interface Folder extends AsyncDisposable {
  readonly path: string;
  readonly write: (name: string, text: string) => Promise<void>;
  readonly read: (name: string) => Promise<string>;
  /** Replaces a text that must be there. */
  readonly edit: (name: string, before: string, after: string) => Promise<void>;
}

/** Makes a folder with these files, by path and text; folders between are made. */
export async function folderWith(files: Readonly<Record<string, string>> = {}): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), 'plumbline-test-'));
  const read = (name: string) => readFile(join(path, name), 'utf8');
  const write = async (name: string, text: string) => {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), text);
  };
  for (const [name, text] of Object.entries(files)) await write(name, text);
  return {
    path,
    read,
    write,
    async edit(name, before, after) {
      const text = await read(name);
      if (!text.includes(before)) throw new Error(`${name} does not hold "${before}"`);
      await write(name, text.replace(before, after));
    },
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}
