import type { Pool } from '@plumbline/kit/mysql';
import { sql } from './sql/index.ts';

/** What time it is by the database's clock, milliseconds since 1970: the one that all nodes share. */
export async function databaseTime(pool: Pick<Pool, 'query'>): Promise<number> {
  const [row] = await pool.query<{ now: Date }>(sql['database-time']);
  if (row === undefined) throw new Error('the database gave no time');
  return row.now.getTime();
}
