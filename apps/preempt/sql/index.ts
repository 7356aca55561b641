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
  'begin-judgements',
  'check-trainer-lock',
  'database-time',
  'due-locations',
  'end-event',
  'give-trainer-lock',
  'lock-judgements',
  'lock-migrations',
  'make-migrations',
  'mark-collected',
  'move-event',
  'move-judgement',
  'note-migration',
  'raise-event',
  'read-events',
  'read-fields',
  'read-history',
  'read-judgements',
  'read-location-ids',
  'read-migrations',
  'read-monitored-fields',
  'read-newest',
  'read-newest-of',
  'read-observations',
  'read-spent',
  'read-time-zones',
  'schema-version',
  'seed-locations',
  'spend-calls',
  'spend-day',
  'store-observations',
  'take-trainer-lock',
  'unlock-migrations',
  'withdraw-event',
  'write-bands',
  'write-event',
]);
