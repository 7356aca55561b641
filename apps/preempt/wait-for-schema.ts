/** wait-for-schema: ends when the database has the schema that this image needs; `--deadline=SECONDS` bounds it. */
import { parseArgs } from 'node:util';
import { backoff, number, readConfig, runWorker } from '@plumbline/kit';
import { connectPool, isUnavailable, mysqlSettings } from '@plumbline/kit/mysql';
import { knownMigrations, schemaVersion } from './schema/migrate.ts';
import { workerSettings } from './worker-settings.ts';

await runWorker({
  name: 'wait-for-schema',
  async work(log, signal) {
    const { values } = parseArgs({ options: { deadline: { type: 'string' } } });
    // Its mistakes stand in the same list.
    const deadline = number('--deadline', 'seconds to wait', { least: 1, most: 86_400, fallback: 300 });
    const given = { ...process.env, '--deadline': values.deadline };
    const config = readConfig(given, { ...workerSettings, ...mysqlSettings, deadline });
    const end = performance.now() + config.deadline * 1000;
    const wanted = (await knownMigrations()).length;
    const pool = connectPool(config, 'wait-for-schema', 1, log);
    const waits = backoff(200, 2000);
    let why = '';
    try {
      while (!signal.aborted) {
        try {
          const version = await schemaVersion(pool);
          if (version >= wanted) {
            log.info({ version }, 'the schema is there');
            return;
          }
          why = `the schema is at ${version} of ${wanted}`;
        } catch (error) {
          if (!isUnavailable(error)) throw error;
          why = `the database does not answer: ${(error as Error).message}`;
        }
        if (performance.now() > end) {
          throw new Error(`waited ${config.deadline} s: ${why}. See the Job migrate`);
        }
        log.info(why);
        await waits.wait(signal);
      }
      throw new Error('told to end while waiting');
    } finally {
      await pool.end();
    }
  },
});
