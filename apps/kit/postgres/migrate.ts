import { join } from 'node:path';
import { readTexts } from '../read-texts.ts';
import { type Applied, type Migration, missingMigrations } from '../schema/index.ts';
import { sqlState } from './errors.ts';
import type { Pool } from './pool.ts';
import { inTransaction } from './transaction.ts';

/** The statements about the schema itself, by the names of their files. */
export const migrationSql = readTexts(join(import.meta.dirname, 'sql'), '.sql', [
  'lock-migrations',
  'make-migrations',
  'note-migration',
  'read-migrations',
  'schema-version',
]);

/**
 * Brings the database to the newest schema that this code knows, in one transaction under a lock, so that two at once
 * do it once. Resolves with what it applied; nothing when all was there.
 * @throws SchemaRefused when the database has a newer schema, or an applied migration was changed since.
 */
export function migrate(pool: Pool, known: readonly Migration[]): Promise<Migration[]> {
  return inTransaction(pool, async (client) => {
    await client.query(migrationSql['lock-migrations']);
    await client.query(migrationSql['make-migrations']);
    const { rows } = await client.query<Applied>(migrationSql['read-migrations']);
    const missing = missingMigrations(known, rows);
    for (const { version, name, text, sha256 } of missing) {
      await client.query(text);
      await client.query(migrationSql['note-migration'], [version, name, sha256]);
    }
    return missing;
  });
}

/** The schema's version; 0 before the first migration. */
export async function schemaVersion(pool: Pool): Promise<number> {
  try {
    const { rows } = await pool.query<{ version: number }>(migrationSql['schema-version']);
    return rows[0]?.version ?? 0;
  } catch (error) {
    const undefinedTable = '42P01';
    if (sqlState(error) === undefinedTable) return 0;
    throw error;
  }
}
