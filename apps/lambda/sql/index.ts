import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Each statement stands in a file of its own; all are read when the process starts. */
function read<const Name extends string>(names: readonly Name[]): Readonly<Record<Name, string>> {
  const texts = names.map((name) => [name, readFileSync(join(import.meta.dirname, `${name}.sql`), 'utf8')]);
  return Object.fromEntries(texts) as Record<Name, string>;
}

/** The statements, by the names of their files. */
export const sql = read([
  'begin-job',
  'begin-offset',
  'bury',
  'clear-rejects',
  'clear-staging',
  'copy-staging',
  'copy-transactions',
  'end-frozen',
  'end-job',
  'fail-job',
  'lock-job',
  'lock-migrations',
  'lock-offset',
  'make-migrations',
  'make-staging',
  'merge-staging',
  'note-migration',
  'read-migrations',
  'read-offsets',
  'reject-lines',
  'schema-version',
  'skip-lost',
  'store-offset',
]);
