import { createHash } from 'node:crypto';
import { createReadStream, openAsBlob } from 'node:fs';
import { mkdir, open, readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { doomed, type Keep, timeOf } from './keep.ts';
import type { Objects } from './objects.ts';
import { sha256 } from './sign.ts';

/** A piece of a file, which is an object of its own. */
interface Part {
  readonly key: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** What a backup consists of. It is written last: a backup without it is none. */
export interface Manifest {
  readonly format: 1;
  readonly name: string;
  /** What else a restore has to know. */
  readonly facts: Readonly<Record<string, string>>;
  readonly files: readonly {
    readonly path: string;
    readonly bytes: number;
    readonly parts: readonly Part[];
  }[];
}

/** Stays below what a store takes at once, and what is sent again after a failure is not much. */
const partBytes = 32 * 1024 * 1024;
/** What has another name is no file of ours. */
const fileName = /^[\w.-]+(?:\/[\w.-]+)*$/;

const manifestKey = (prefix: string, name: string) => `${prefix}/${name}/manifest.json`;

/** Everything below a folder, as paths from there. @throws Error where there is nothing */
export async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  if (files.length === 0) throw new Error(`${folder} is empty`);
  return files.sort();
}

/** Copies files to the store, with checksums that it holds them against; the manifest last. */
export async function writeArchive(
  objects: Objects,
  prefix: string,
  name: string,
  folder: string,
  files: readonly string[],
  facts: Readonly<Record<string, string>>,
): Promise<Manifest> {
  const written: Manifest['files'][number][] = [];
  for (const path of files) {
    if (!fileName.test(path)) throw new Error(`${join(folder, path)}: a name that a backup does not take`);
    const file = join(folder, path);
    const { size } = await stat(file);
    const blob = await openAsBlob(file);
    const parts: Part[] = [];
    for (let from = 0; from < size || parts.length === 0; from += partBytes) {
      const to = Math.min(size, from + partBytes);
      const part = { key: `${prefix}/${name}/files/${path}.${parts.length}`, bytes: to - from };
      const sum = size === 0 ? sha256('') : await sumOf(file, from, to - 1);
      await objects.put(part.key, blob.slice(from, to), sum);
      parts.push({ ...part, sha256: sum });
    }
    written.push({ path, bytes: size, parts });
  }
  const manifest: Manifest = { format: 1, name, facts, files: written };
  const text = `${JSON.stringify(manifest, undefined, 2)}\n`;
  await objects.put(manifestKey(prefix, name), text, sha256(text));
  return manifest;
}

async function sumOf(file: string, start: number, end: number): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { start, end })) hash.update(chunk);
  return hash.digest('hex');
}

/** The names of the backups that are whole, the oldest first. */
export async function namesOf(objects: Objects, prefix: string): Promise<string[]> {
  return (await backupsOf(objects, prefix)).filter(({ good }) => good).map(({ name }) => name);
}

async function backupsOf(objects: Objects, prefix: string) {
  const keys = await objects.list(`${prefix}/`);
  const byName = Map.groupBy(keys, (key) => key.slice(prefix.length + 1).split('/')[0] ?? '');
  return [...byName].flatMap(([name, held]) => {
    const at = timeOf(name);
    return at === undefined ? [] : { name, at, keys: held, good: held.includes(manifestKey(prefix, name)) };
  });
}

/** @throws Error for a manifest of another form */
export async function readManifest(objects: Objects, prefix: string, name: string): Promise<Manifest> {
  const text = new TextDecoder().decode(await objects.get(manifestKey(prefix, name)));
  const manifest = JSON.parse(text) as Manifest;
  const fits =
    manifest.format === 1 &&
    manifest.name === name &&
    manifest.files.every(({ path }) => fileName.test(path));
  if (!fits) throw new Error(`${manifestKey(prefix, name)} is no manifest of a backup that is known here`);
  return manifest;
}

/** Writes the files of a backup into a folder. @throws Error for a file that is not what was backed up */
export async function readArchive(objects: Objects, manifest: Manifest, folder: string): Promise<void> {
  for (const { path, bytes, parts } of manifest.files) {
    const place = join(folder, path);
    if (path.split('/').includes('..')) throw new Error(`${path} leads out of the folder`);
    await mkdir(dirname(place), { recursive: true });
    const file = await open(place, 'wx');
    try {
      let length = 0;
      for (const part of parts) {
        const content = await objects.get(part.key);
        if (content.length !== part.bytes || sha256(content) !== part.sha256)
          throw new Error(`${part.key} is not what was backed up: its checksum is another`);
        await file.writeFile(content);
        length += content.length;
      }
      if (length !== bytes) throw new Error(`${path} has ${length} bytes of ${bytes}`);
      await file.sync();
    } finally {
      await file.close();
    }
  }
}

/** Removes the backups that need not be kept. @returns their names */
export async function prune(objects: Objects, prefix: string, keep: Keep, now: Date): Promise<string[]> {
  const gone = doomed(await backupsOf(objects, prefix), keep, now);
  for (const { name, keys } of gone) {
    // Without its manifest it is no backup, however far this comes.
    const first = manifestKey(prefix, name);
    for (const key of [...keys.filter((one) => one === first), ...keys.filter((one) => one !== first)])
      await objects.remove(key);
  }
  return gone.map(({ name }) => name);
}
