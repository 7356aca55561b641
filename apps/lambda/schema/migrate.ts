import { join } from 'node:path';
import { type Migration, readMigrations } from '@plumbline/kit/schema';

export { migrate, schemaVersion } from '@plumbline/kit/postgres';

/** The migrations that this code knows, in their order. @throws Error when a number is missing or there twice. */
export function knownMigrations(
  folder: string = join(import.meta.dirname, '..', 'migrations'),
): Promise<Migration[]> {
  return readMigrations(folder);
}
