import { createHash } from 'node:crypto';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { ignored } from './ignore.ts';

/** What is never part of a build's content, whatever its ignore file says. */
const never = '.git\n**/node_modules\n.cache';

/** What beside its files makes an image what it is. */
export interface ContentOptions {
  /** What the build is told. */
  readonly told?: readonly string[];
  /** Files of the context that do not reach the image. */
  readonly leavesOut?: (path: string) => boolean;
}

/** The names and bytes that an image is built from, as one digest of twelve digits: its content tag. */
export async function contentOf(
  root: string,
  context: string,
  dockerfile: string,
  { told = [], leavesOut = () => false }: ContentOptions = {},
): Promise<string> {
  const own = await readFile(join(root, `${dockerfile}.dockerignore`), 'utf8').catch(() => undefined);
  const shared = own ?? (await readFile(join(root, context, '.dockerignore'), 'utf8').catch(() => ''));
  const isOut = ignored(shared);
  const isNever = ignored(never);
  const hash = createHash('sha256').update(await readFile(join(root, dockerfile)));
  for (const word of told) hash.update(`\0${word}`);
  for (const path of await filesBelow(join(root, context), '', isNever)) {
    if (!isOut(path) && !leavesOut(path))
      hash.update(`\0${path}\0`).update(await contentOfFile(join(root, context, path)));
  }
  return hash.digest('hex').slice(0, 12);
}

async function filesBelow(
  folder: string,
  prefix: string,
  isOut: (path: string) => boolean,
): Promise<string[]> {
  const entries = await readdir(join(folder, prefix), { withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = prefix === '' ? entry.name : `${prefix}/${entry.name}`;
    if (isOut(path)) continue;
    if (entry.isDirectory()) found.push(...(await filesBelow(folder, path, isOut)));
    else found.push(path);
  }
  return found;
}

/** A link counts for where it leads to, since the build copies the link. */
async function contentOfFile(path: string): Promise<Buffer | string> {
  return readFile(path).catch(() => readlink(path));
}
