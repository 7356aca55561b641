import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A numbered step of a schema. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly text: string;
  readonly sha256: string;
}

/** What the database says of a migration that was applied to it. */
export type Applied = Pick<Migration, 'version' | 'name' | 'sha256'>;

/** The schema is not one that this code may change. */
export class SchemaRefused extends Error {
  override readonly name = 'SchemaRefused';
}

/**
 * The migrations of a folder (`001-name.sql`), in their order.
 * @param folder absolute
 * @throws Error when a number is missing or there twice.
 */
export async function readMigrations(folder: string): Promise<Migration[]> {
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
 * The migrations that a database still lacks.
 * @param applied what it has, in order
 * @throws SchemaRefused when it has a newer schema, or an applied migration was changed since.
 */
export function missingMigrations<Known extends Migration>(
  known: readonly Known[],
  applied: readonly Applied[],
): Known[] {
  const newest = applied.at(-1)?.version ?? 0;
  if (newest > known.length) {
    throw new SchemaRefused(
      `the database has schema ${newest} (${applied.at(-1)?.name}), and this code knows ${known.length}: deploy the newer image again`,
    );
  }
  for (const { version, name, sha256 } of applied) {
    if (known[version - 1]?.sha256 === sha256) continue;
    throw new SchemaRefused(
      `migration ${version} was applied as "${name}" with another content: never change an applied migration, add one`,
    );
  }
  return known.slice(newest);
}
