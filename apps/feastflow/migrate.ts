/** feastflow-migrate: brings the database's schema up to what this image knows; safe to run twice, and two at a time. */
import { readConfig, runWorker } from '@plumbline/kit';
import { connectPool, isUnavailable, migrate, postgresSettings } from '@plumbline/kit/postgres';
import { runMigrations } from '@plumbline/kit/schema';
import { knownMigrations } from './schema/migrate.ts';
import { workerSettings } from './worker-settings.ts';

await runWorker({
  name: 'feastflow-migrate',
  async work(log, signal) {
    const config = readConfig(process.env, { ...workerSettings, ...postgresSettings });
    const known = await knownMigrations();
    const pool = connectPool(config, 'feastflow-migrate', 1, log, { statementSeconds: 600 });
    try {
      const options = { known: known.length, isUnavailable, log, signal };
      await runMigrations({ migrate: () => migrate(pool, known), ...options });
    } finally {
      await pool.end();
    }
  },
});
