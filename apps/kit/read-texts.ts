import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Reads files that stand for themselves, as statements and scripts do, when the process starts: their texts by their
 * names without the ending.
 * @param folder absolute
 * @param ending `.sql`
 * @throws Error when one is not there.
 */
export function readTexts<const Name extends string>(
  folder: string,
  ending: string,
  names: readonly Name[],
): Readonly<Record<Name, string>> {
  const texts = names.map((name) => [name, readFileSync(join(folder, `${name}${ending}`), 'utf8')]);
  return Object.fromEntries(texts) as Record<Name, string>;
}
