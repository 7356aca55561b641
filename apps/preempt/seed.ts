/** seed: puts the gazetteer's locations into the database; safe to run twice, and two at a time. */
import { backoff, readConfig, runWorker } from '@plumbline/kit';
import { connectPool, isUnavailable, mysqlSettings } from '@plumbline/kit/mysql';
import { readLocations } from './seed/read-locations.ts';
import { sql } from './sql/index.ts';
import { workerSettings } from './worker-settings.ts';

/** A server that restarts is waited for; a Job that cannot reach it starts again anyway. */
const deadlineMilliseconds = 120_000;

await runWorker({
  name: 'seed',
  async work(log, signal) {
    const config = readConfig(process.env, { ...workerSettings, ...mysqlSettings });
    const locations = await readLocations();
    const pool = connectPool(config, 'seed', 1, log);
    const waits = backoff();
    const end = performance.now() + deadlineMilliseconds;
    try {
      for (;;) {
        try {
          // One statement: all of them, or none.
          await pool.change(sql['seed-locations'], [locations]);
          log.info({ locations: locations.length }, 'the locations are there');
          return;
        } catch (error) {
          if (!isUnavailable(error) || signal.aborted || performance.now() > end) throw error;
          log.warn({ err: error }, 'the database does not answer; trying again');
          await waits.wait(signal);
        }
      }
    } finally {
      await pool.end();
    }
  },
});
