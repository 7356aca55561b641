/** db-setup-job: brings the database's schema up to what this image knows; safe to run twice, and two at a time. */
import { readConfig, runWorker } from '@plumbline/kit';
import { connectPool, isUnavailable, postgresSettings } from '@plumbline/kit/postgres';
import { runMigrations } from '@plumbline/kit/schema';
import { knownMigrations, migrate } from './schema/migrate.ts';
import { workerSettings } from './worker-settings.ts';

await runWorker({
  name: 'db-setup-job',
  async work(log, signal) {
    const config = readConfig(process.env, { ...workerSettings, ...postgresSettings });
    const known = await knownMigrations();
    const pool = connectPool(config, 'db-setup-job', 1, log, { statementSeconds: 600 });
    try {
      const options = { known: known.length, isUnavailable, log, signal };
      await runMigrations({ migrate: () => migrate(pool, known), ...options });
    } finally {
      await pool.end();
    }
  },
});
