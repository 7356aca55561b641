import type { Pool, PoolClient } from './pool.ts';

/**
 * Does the work in one transaction of one connection: commits when it resolves, rolls back when it throws. A
 * connection that could not roll back is not used again.
 */
export async function inTransaction<Result>(
  pool: Pool,
  work: (client: PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  let broken: Error | undefined;
  // Without a listener an error of the connection would end the process; the statement under way rejects with it.
  const note = (error: Error) => {
    broken = error;
  };
  client.on('error', note);
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch((failed: Error) => {
      broken ??= failed;
    });
    throw error;
  } finally {
    client.off('error', note);
    client.release(broken);
  }
}
