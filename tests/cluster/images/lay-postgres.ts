import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { postgresPrograms } from '../../../trial/downloads/postgres.ts';

/** Lays PostgreSQL's programs where the published image has them. */
export async function layPostgres(rootfs: string, say: (message: string) => void): Promise<void> {
  const { home, version } = await postgresPrograms(17, say);
  if (home === undefined) {
    throw new Error(`this machine's own PostgreSQL ${version} cannot be copied into an image: remove it`);
  }
  await cp(home, join(rootfs, 'usr/lib/postgresql/17'), { recursive: true });
}
