import { join } from 'node:path';
import { inTransaction, type Pool, sqlState } from '@plumbline/kit/postgres';
import { type Applied, type Migration, missingMigrations, readMigrations } from '@plumbline/kit/schema';
import { sql } from '../sql/index.ts';

/** The migrations that this code knows, in their order. @throws Error when a number is missing or there twice. */
export function knownMigrations(
  folder: string = join(import.meta.dirname, '..', 'migrations'),
): Promise<Migration[]> {
  return readMigrations(folder);
}

/**
 * Brings the database to the newest schema that this code knows, in one transaction under a lock, so that two at once
 * do it once. Resolves with what it applied; nothing when all was there.
 * @throws SchemaRefused when the database has a newer schema, or an applied migration was changed since.
 */
export function migrate(pool: Pool, known: readonly Migration[]): Promise<Migration[]> {
  return inTransaction(pool, async (client) => {
    await client.query(sql['lock-migrations']);
    await client.query(sql['make-migrations']);
    const { rows } = await client.query<Applied>(sql['read-migrations']);
    const missing = missingMigrations(known, rows);
    for (const { version, name, text, sha256 } of missing) {
      await client.query(text);
      await client.query(sql['note-migration'], [version, name, sha256]);
    }
    return missing;
  });
}

/** The schema's version; 0 before the first migration. */
export async function schemaVersion(pool: Pool): Promise<number> {
  try {
    const { rows } = await pool.query<{ version: number }>(sql['schema-version']);
    return rows[0]?.version ?? 0;
  } catch (error) {
    const undefinedTable = '42P01';
    if (sqlState(error) === undefinedTable) return 0;
    throw error;
  }
}
