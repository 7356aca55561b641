/** wait-for-schema: ends when the database has the schema that this image needs; `--deadline=SECONDS` bounds it. */
import { readConfig, runWorker } from '@plumbline/kit';
import { connectPool, isUnavailable, postgresSettings, schemaVersion } from '@plumbline/kit/postgres';
import { awaitSchema, deadlineSetting, withDeadline } from '@plumbline/kit/schema';
import { knownMigrations } from './schema/migrate.ts';
import { workerSettings } from './worker-settings.ts';

await runWorker({
  name: 'wait-for-schema',
  async work(log, signal) {
    const settings = { ...workerSettings, ...postgresSettings, deadline: deadlineSetting };
    const { deadline, ...config } = readConfig(withDeadline(process.env), settings);
    const wanted = (await knownMigrations()).length;
    const pool = connectPool(config, 'wait-for-schema', 1, log);
    try {
      const options = { wanted, deadline, madeBy: 'feastflow-migrate', isUnavailable, log, signal };
      await awaitSchema({ version: () => schemaVersion(pool), ...options });
    } finally {
      await pool.end();
    }
  },
});
