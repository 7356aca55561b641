/** lambda-csv-batch: loads the inbox's CSV files into Postgres, each once. */
import { matching, readConfig, runWorker } from '@plumbline/kit';
import { connectPool, postgresSettings } from '@plumbline/kit/postgres';
import { loadInbox } from './batch/load-inbox.ts';
import { workerSettings } from './worker-settings.ts';

await runWorker({
  name: 'lambda-csv-batch',
  async work(log, signal) {
    const inbox = matching('INBOX_PATH', 'the folder of the CSV files, from the root: /inbox', /^\//);
    const config = readConfig(process.env, { ...workerSettings, ...postgresSettings, inbox });
    // A statement may read for as long as the disk takes.
    const pool = connectPool(config, 'lambda-csv-batch', 1, log, { statementSeconds: 600 });
    try {
      await loadInbox(pool, config.inbox, log, signal);
    } finally {
      await pool.end();
    }
  },
});
