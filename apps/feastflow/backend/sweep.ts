import type { Log } from '@plumbline/kit';
import type { Pool } from '@plumbline/kit/postgres';
import { sql } from '../sql/index.ts';

const everyMilliseconds = 60_000;

/** Removes what is of no use any more, once a minute; every replica may. @returns what stops it */
export function startSweep(pool: Pool, log: Log): () => void {
  const sweep = async () => {
    try {
      await pool.query(sql['sweep-rates']);
      await pool.query(sql['sweep-tokens']);
    } catch (error) {
      log.warn({ err: error }, 'what has expired could not be removed; trying again in a minute');
    }
  };
  const timer = setInterval(() => void sweep(), everyMilliseconds);
  timer.unref();
  return () => clearInterval(timer);
}
