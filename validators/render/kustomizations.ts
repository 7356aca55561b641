import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { newReads, type Reads, readParts } from './inputs.ts';

/** A kustomization of a repository. */
export interface Found {
  /** Its folder, relative to the root; `.` for the root itself. */
  readonly folder: string;
  readonly isComponent: boolean;
  /** The folders of the kustomizations that it names. */
  readonly includes: readonly string[];
}

const files = new Set(['kustomization.yaml', 'kustomization.yml', 'Kustomization']);

/** Folders that hold no kustomization of the repository's own. */
const passedOver = new Set(['.cache', '.git', 'node_modules', 'vendor']);

/** Every kustomization below a folder, in the order of their paths. @param root what paths are relative to. */
export async function findKustomizations(
  root: string,
  below: string = root,
  reads: Reads = newReads(),
): Promise<Found[]> {
  const folders: string[] = [];
  async function walk(folder: string): Promise<void> {
    const entries = await readdir(folder, { withFileTypes: true });
    if (entries.some((entry) => entry.isFile() && files.has(entry.name))) folders.push(folder);
    for (const entry of entries) {
      if (entry.isDirectory() && !passedOver.has(entry.name)) await walk(join(folder, entry.name));
    }
  }
  await walk(below);
  return folders
    .map((folder) => relative(root, folder).split(sep).join('/') || '.')
    .sort()
    .flatMap((folder) => {
      const parts = readParts(root, folder, reads);
      return parts === undefined ? [] : [{ folder, ...parts }];
    });
}

/** Those that no other one includes: what a repository tells people to apply. Components are only for others. */
export function tops(found: readonly Found[]): string[] {
  const included = new Set(found.flatMap(({ includes }) => includes));
  return found
    .filter(({ folder, isComponent }) => !isComponent && !included.has(folder))
    .map(({ folder }) => folder);
}

/** The tops that include a folder, themselves or through others. */
export function topsAround(found: readonly Found[], folder: string): string[] {
  const around = new Set([folder]);
  for (let before = 0; before < around.size; ) {
    before = around.size;
    for (const one of found) if (one.includes.some((inner) => around.has(inner))) around.add(one.folder);
  }
  around.delete(folder);
  return tops(found).filter((top) => around.has(top));
}
