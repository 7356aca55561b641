import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { root } from './test-cluster.ts';

/** A file's text and those of all that it imports, by their paths in the repository. */
export async function withImports(
  path: string,
  found: Map<string, string> = new Map(),
): Promise<ReadonlyMap<string, string>> {
  if (found.has(path)) return found;
  const text = await readFile(join(root, path), 'utf8');
  found.set(path, text);
  for (const [, imported = ''] of text.matchAll(/^(?:import|export) (?!type )[^;]*? from '(\.[^']+)';/gm)) {
    await withImports(join(dirname(path), imported), found);
  }
  return found;
}
