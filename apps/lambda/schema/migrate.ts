import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inTransaction, type Pool, sqlState } from '@plumbline/kit/postgres';
import { sql } from '../sql/index.ts';

/** A numbered step of the schema. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly text: string;
  readonly sha256: string;
}

/** The schema is not one that this code may change. */
export class SchemaRefused extends Error {
  override readonly name = 'SchemaRefused';
}

/** The migrations that this code knows, in their order. @throws Error when a number is missing or there twice. */
export async function knownMigrations(
  folder: string = join(import.meta.dirname, '..', 'migrations'),
): Promise<Migration[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort();
  return Promise.all(
    files.map(async (file, index) => {
      const [, number = '', name = ''] = /^(\d{3})-([a-z0-9-]+)\.sql$/.exec(file) ?? [];
      if (Number(number) !== index + 1) {
        throw new Error(`migrations/${file}: its number should be ${String(index + 1).padStart(3, '0')}`);
      }
      const text = await readFile(join(folder, file), 'utf8');
      const sha256 = createHash('sha256').update(text).digest('hex');
      return { version: index + 1, name, text, sha256 };
    }),
  );
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
    const { rows } = await client.query<{ version: number; name: string; sha256: string }>(
      sql['read-migrations'],
    );
    const newest = rows.at(-1)?.version ?? 0;
    if (newest > known.length) {
      throw new SchemaRefused(
        `the database has schema ${newest} (${rows.at(-1)?.name}), and this code knows ${known.length}: deploy the newer image again`,
      );
    }
    for (const { version, name, sha256 } of rows) {
      const mine = known[version - 1];
      if (mine?.sha256 === sha256) continue;
      throw new SchemaRefused(
        `migration ${version} was applied as "${name}" with another content: never change an applied migration, add one`,
      );
    }
    const missing = known.slice(newest);
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
