import { createHash } from 'node:crypto';
import type { Pool } from '@plumbline/kit/postgres';
import { sql } from '../sql/index.ts';
import { Problem } from './problems.ts';

/**
 * Counts an act of somebody against what is allowed in a minute, all replicas together.
 * @throws Problem when it is one too many.
 */
export async function spend(pool: Pool, what: string, who: string, perMinute: number): Promise<void> {
  const seconds = 60 / perMinute;
  // Of one length, whatever was sent as a name; and no list of addresses.
  const key = `${what}:${createHash('sha256').update(who).digest('base64url')}`;
  const { rowCount } = await pool.query(sql.spend, [key, seconds]);
  if (rowCount === 1) return;
  throw new Problem('too-many-requests', `${what}: ${perMinute} in a minute are allowed`, {
    retryAfter: Math.ceil(seconds),
  });
}
