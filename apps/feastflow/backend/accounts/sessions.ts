import { createHash, randomBytes } from 'node:crypto';
import { inTransaction, type Pool, type PoolClient } from '@plumbline/kit/postgres';
import { sql } from '../../sql/index.ts';
import { audit } from '../audit.ts';
import type { Person } from '../orders/states.ts';
import { Problem } from '../problems.ts';

/** Who a session is of. */
export interface SessionOf extends Person {
  readonly session: string;
  readonly name: string;
}

export interface Opened extends SessionOf {
  /** The only time that it is seen: the database has its hash. */
  readonly refreshToken: string;
}

interface AccountRow {
  readonly id: string;
  readonly name: string;
  readonly role: Person['role'];
  readonly restaurant: number | null;
}

/** Opens a session of an account, with its first refresh token. */
export async function openSession(
  client: PoolClient,
  { id, name, role, restaurant }: AccountRow,
  days: number,
): Promise<Opened> {
  const { rows } = await client.query<{ id: string }>(sql['insert-session'], [id]);
  const session = rows[0]?.id as string;
  const refreshToken = await issue(client, session, days);
  return { account: id, name, role, restaurant, session, refreshToken };
}

/**
 * Takes a refresh token for the next one. A token that comes a second time is in two hands: its session ends, and with it
 * every token that came of it.
 * @throws Problem when it is not good.
 */
export async function refreshSession(
  pool: Pool,
  token: string,
  days: number,
  address: string,
): Promise<Opened> {
  const opened = await inTransaction(pool, async (client) => {
    const hash = hashOf(token);
    const { rows } = await client.query<AccountRow & { session: string }>(sql['use-refresh-token'], [hash]);
    const [row] = rows;
    if (row === undefined) {
      const ended = await client.query<{ id: string; account: string }>(sql['revoke-of-used-token'], [hash]);
      for (const { id, account } of ended.rows)
        await audit(client, { action: 'session.reuse', actor: account, subject: id, address });
      return undefined;
    }
    const { id: account, name, role, restaurant, session } = row;
    return { account, name, role, restaurant, session, refreshToken: await issue(client, session, days) };
  });
  // Thrown only now: that the session ended is to stay.
  if (opened === undefined) throw new Problem('session-ended', 'the refresh token is not good');
  return opened;
}

/** Ends the session that a refresh token is of; nothing when there is none. */
export async function closeSession(pool: Pool, token: string, address: string): Promise<void> {
  await inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ id: string; account: string }>(sql['revoke-by-token'], [
      hashOf(token),
    ]);
    for (const { id, account } of rows)
      await audit(client, { action: 'session.log-out', actor: account, subject: id, address });
  });
}

async function issue(client: PoolClient, session: string, days: number): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  await client.query(sql['insert-refresh-token'], [hashOf(token), session, days]);
  return token;
}

const hashOf = (token: string) => createHash('sha256').update(token).digest();
