import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mysqlErrno, type Pool, type Session } from '@plumbline/kit/mysql';
import { sql } from '../sql/index.ts';

/** A numbered step of the schema. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  /** Each commits by itself, and may be done again. */
  readonly statements: readonly string[];
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
      const statements = text.split(/;[ \t]*(?:\n|$)/).filter((part) => part.trim() !== '');
      const sha256 = createHash('sha256').update(text).digest('hex');
      return { version: index + 1, name, statements, sha256 };
    }),
  );
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
  const rows = await session.query<{ version: number; name: string; sha256: string }>(sql['read-migrations']);
  const newest = rows.at(-1)?.version ?? 0;
  if (newest > known.length) {
    throw new SchemaRefused(
      `the database has schema ${newest} (${rows.at(-1)?.name}), and this code knows ${known.length}: deploy the newer image again`,
    );
  }
  for (const { version, name, sha256 } of rows) {
    if (known[version - 1]?.sha256 === sha256) continue;
    throw new SchemaRefused(
      `migration ${version} was applied as "${name}" with another content: never change an applied migration, add one`,
    );
  }
  const missing = known.slice(newest);
  for (const { version, name, statements, sha256 } of missing) {
    for (const statement of statements) await session.change(statement);
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
