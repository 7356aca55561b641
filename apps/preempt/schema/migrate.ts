import { join } from 'node:path';
import { mysqlErrno, type Pool, type Session } from '@plumbline/kit/mysql';
import { type Applied, type Migration, missingMigrations, readMigrations } from '@plumbline/kit/schema';
import { sql } from '../sql/index.ts';

/** The migrations that this code knows, in their order. @throws Error when a number is missing or there twice. */
export function knownMigrations(
  folder: string = join(import.meta.dirname, '..', 'migrations'),
): Promise<Migration[]> {
  return readMigrations(folder);
}

/** The statements of a migration: each commits by itself, and may be done again. */
export function statementsOf({ text }: Pick<Migration, 'text'>): string[] {
  return text.split(/;[ \t]*(?:\n|$)/).filter((part) => part.trim() !== '');
}

/**
 * Brings the database to the newest schema that this code knows, under a lock, so that two at once do it once. A
 * statement on the schema commits by itself here, so a run that is killed between two leaves the first: the migration
 * is then done from its beginning, which is why each of its statements can be repeated. Resolves with what it applied.
 * @throws SchemaRefused when the database has a newer schema, or an applied migration was changed since.
 */
export function migrate(pool: Pool, known: readonly Migration[]): Promise<Migration[]> {
  return pool.use(async (session) => {
    const [lock] = await session.query<{ locked: number | null }>(sql['lock-migrations']);
    if (lock?.locked !== 1) throw new Error('somebody else has been migrating for 30 s');
    try {
      return await migrateLocked(session, known);
    } finally {
      await session.query(sql['unlock-migrations']).catch(() => {});
    }
  });
}

async function migrateLocked(session: Session, known: readonly Migration[]): Promise<Migration[]> {
  await session.change(sql['make-migrations']);
  const missing = missingMigrations(known, await session.query<Applied>(sql['read-migrations']));
  for (const migration of missing) {
    for (const statement of statementsOf(migration)) await session.change(statement);
    const { version, name, sha256 } = migration;
    await session.change(sql['note-migration'], [version, name, sha256]);
  }
  return missing;
}

const unknownTable = 1146;

/** The schema's version; 0 before the first migration. */
export async function schemaVersion(pool: Pool): Promise<number> {
  try {
    const [row] = await pool.query<{ version: number }>(sql['schema-version']);
    return row?.version ?? 0;
  } catch (error) {
    if (mysqlErrno(error) === unknownTable) return 0;
    throw error;
  }
}
