import type { Pool, PoolClient } from '@plumbline/kit/postgres';
import { sql } from '../sql/index.ts';

/** Something that somebody did, or tried. */
export interface Audited {
  readonly action: string;
  /** The account; undefined for a guest. */
  readonly actor?: string | undefined;
  readonly subject: string;
  readonly address: string;
  readonly details?: object;
}

/** Writes it down: in the transaction of what was done, so that neither is there without the other. */
export async function audit(client: PoolClient | Pool, audited: Audited): Promise<void> {
  const { action, actor = null, subject, address, details = {} } = audited;
  await client.query(sql['insert-audit'], [action, actor, subject, address, details]);
}
