import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Each statement stands in a file of its own; all are read when the process starts. */
function read<const Name extends string>(names: readonly Name[]): Readonly<Record<Name, string>> {
  const texts = names.map((name) => [name, readFileSync(join(import.meta.dirname, `${name}.sql`), 'utf8')]);
  return Object.fromEntries(texts) as Record<Name, string>;
}

/** The statements, by the names of their files. */
export const sql = read([
  'add-fields',
  'begin-day',
  'database-time',
  'due-locations',
  'lock-migrations',
  'make-migrations',
  'mark-collected',
  'note-migration',
  'read-fields',
  'read-location-ids',
  'read-migrations',
  'read-spent',
  'schema-version',
  'seed-locations',
  'spend-calls',
  'spend-day',
  'store-observations',
  'unlock-migrations',
]);
