/** migrate: brings the database's schema up to what this image knows; safe to run twice, and two at a time. */
import { backoff, readConfig, runWorker } from '@plumbline/kit';
import { connectPool, isUnavailable, mysqlSettings } from '@plumbline/kit/mysql';
import { knownMigrations, migrate, SchemaRefused } from './schema/migrate.ts';
import { workerSettings } from './worker-settings.ts';

/** A server that restarts is waited for; a Job that cannot reach it starts again anyway. */
const deadlineMilliseconds = 120_000;

await runWorker({
  name: 'migrate',
  async work(log, signal) {
    const config = readConfig(process.env, { ...workerSettings, ...mysqlSettings });
    const known = await knownMigrations();
    const pool = connectPool(config, 'migrate', 1, log, { statementSeconds: 600 });
    const waits = backoff();
    const end = performance.now() + deadlineMilliseconds;
    try {
      for (;;) {
        try {
          const applied = await migrate(pool, known);
          for (const { version, name } of applied) log.info({ version, name }, 'applied');
          log.info({ version: known.length }, 'the schema is up to date');
          return;
        } catch (error) {
          const again = !(error instanceof SchemaRefused) && isUnavailable(error);
          if (!again || signal.aborted || performance.now() > end) throw error;
          log.warn({ err: error }, 'the database does not answer; trying again');
          await waits.wait(signal);
        }
      }
    } finally {
      await pool.end();
    }
  },
});
