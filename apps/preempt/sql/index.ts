import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Each statement stands in a file of its own; all are read when the process starts. */
function read<const Name extends string>(names: readonly Name[]): Readonly<Record<Name, string>> {
  const texts = names.map((name) => [name, readFileSync(join(import.meta.dirname, `${name}.sql`), 'utf8')]);
  return Object.fromEntries(texts) as Record<Name, string>;
}

/** The statements, by the names of their files. */
export const sql = read([
  'begin-judgements',
  'check-trainer-lock',
  'end-event',
  'give-trainer-lock',
  'lock-judgements',
  'lock-migrations',
  'make-migrations',
  'move-event',
  'move-judgement',
  'note-migration',
  'raise-event',
  'read-events',
  'read-history',
  'read-judgements',
  'read-migrations',
  'read-monitored-fields',
  'read-newest',
  'read-newest-of',
  'read-observations',
  'read-time-zones',
  'schema-version',
  'take-trainer-lock',
  'unlock-migrations',
  'withdraw-event',
  'write-bands',
  'write-event',
]);
