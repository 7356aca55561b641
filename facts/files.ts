import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { allRead } from '@plumbline/validators';
import type { Fact } from './table.ts';

/** The rows of every system's tables, by the system's name. */
export type Facts = ReadonlyMap<string, readonly Fact[]>;

/**
 * Reads facts/<system>.md of a repository.
 * @param read makes the rows of one file's text; its second argument is the file's path from the root.
 * @throws MistakenFiles with the mistakes of every file that has some.
 */
export async function readTablesOf(
  root: string,
  read: (markdown: string, file: string) => readonly Fact[],
): Promise<Facts> {
  const folder = join(root, 'facts');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.md')).sort();
  const rows = await allRead(
    names.map(async (name) => read(await readFile(join(folder, name), 'utf8'), `facts/${name}`)),
  );
  return new Map(names.map((name, index) => [name.slice(0, -'.md'.length), rows[index] ?? []]));
}
