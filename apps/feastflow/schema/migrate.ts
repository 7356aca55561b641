import { join } from 'node:path';
import { type Migration, readMigrations } from '@plumbline/kit/schema';

/** The migrations that this code knows, in their order. @throws Error when a number is missing or there twice. */
export function knownMigrations(): Promise<Migration[]> {
  return readMigrations(join(import.meta.dirname, '..', 'migrations'));
}
