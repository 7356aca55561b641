/** db-setup-job: brings the database's schema up to what this image knows; safe to run twice, and two at a time. */
import { backoff, readConfig, runWorker } from '@plumbline/kit';
import { connectPool, isUnavailable, postgresSettings } from '@plumbline/kit/postgres';
import { knownMigrations, migrate, SchemaRefused } from './schema/migrate.ts';
import { workerSettings } from './worker-settings.ts';

/** A server that restarts is waited for; a Job that cannot reach it starts again anyway. */
const deadlineMilliseconds = 120_000;

await runWorker({
  name: 'db-setup-job',
  async work(log, signal) {
    const config = readConfig(process.env, { ...workerSettings, ...postgresSettings });
    const known = await knownMigrations();
    const pool = connectPool(config, 'db-setup-job', 1, log, { statementSeconds: 600 });
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
