import type { Pool, Session } from './pool.ts';

/**
 * Does the work in one transaction of one connection: commits when it resolves, rolls back when it throws. A statement
 * that changes the schema commits what stands before it (MySQL and MariaDB alike).
 */
export function inTransaction<Result>(
  pool: Pool,
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  return pool.use(async (session) => {
    await session.query('START TRANSACTION');
    try {
      const result = await work(session);
      await session.query('COMMIT');
      return result;
    } catch (error) {
      // A connection that broke has rolled back by itself, and is not lent again.
      await session.query('ROLLBACK').catch(() => {});
      throw error;
    }
  });
}
