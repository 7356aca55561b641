import { readFileSync } from 'node:fs';
import { join } from 'node:path';

function read<const Name extends string>(names: readonly Name[]): Readonly<Record<Name, string>> {
  const texts = names.map((name) => [name, readFileSync(join(import.meta.dirname, `${name}.lua`), 'utf8')]);
  return Object.fromEntries(texts) as Record<Name, string>;
}

/** The scripts, by the names of their files; each is one step that nobody comes between. */
export const scripts = read([
  'bury',
  'claim-dead',
  'open-group',
  'read-new',
  'remove-consumers',
  'take-pending',
  'trim',
]);
