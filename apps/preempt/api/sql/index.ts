import { readFileSync } from 'node:fs';
import { join } from 'node:path';

function read<const Name extends string>(names: readonly Name[]): Readonly<Record<Name, string>> {
  const texts = names.map((name) => [name, readFileSync(join(import.meta.dirname, `${name}.sql`), 'utf8')]);
  return Object.fromEntries(texts) as Record<Name, string>;
}

/** What the api asks, by the names of the files. It changes nothing. */
export const sql = read([
  'all-locations',
  'anomalies-by-id',
  'anomalies-page',
  'band-history',
  'bands',
  'buckets',
  'changed-anomalies',
  'fields',
  'last-change',
  'latest-values',
  'observations',
  'open-anomalies',
  'summary',
]);
