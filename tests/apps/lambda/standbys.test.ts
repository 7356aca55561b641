import { mkdir, readFile, writeFile } from 'node:fs/promises';
import pg from 'pg';
import * as assert from 'uvu/assert';
import { renderSystem } from '../../../trial/overlay/system.ts';
import { finished } from '../../../trial/process/start.ts';
import { startPostgres } from '../../../trial/services/postgres.ts';
import { openTrial, type Trial } from '../../../trial/trial.ts';
import { until } from '../../../trial/until.ts';
import { startWorker } from '../../../trial/worker.ts';
import { suite } from '../../harness/suite.ts';
import { root } from '../../house/repository.ts';
import { assertExactlyOnce } from './exactly-once.ts';
import { csvOf, eventsOf } from './files.ts';
import { kustomize } from './platform.ts';

const test = suite('a primary with two standbys, as minikube has them');
let trial: Trial;

test.before(async () => {
  trial = await openTrial(await renderSystem(root, kustomize, 'minikube', 'lambda'));
});
test.after(() => trial?.close());

test('what is loaded on the primary is on both standbys, which take no writes', async () => {
  const name = 'lambda-postgres';
  const primary = await startPostgres(trial, { name });
  const standbys = await Promise.all([1, 2].map((index) => startPostgres(trial, { name, index })));
  await finished(await startWorker(trial, { workload: 'Job/db-setup-job' }), 60_000);
  const events = eventsOf('standby', 2000);
  const inbox = `${trial.folder}/inbox`;
  await mkdir(inbox);
  await writeFile(`${inbox}/standby.csv`, csvOf(events));
  const batch = await startWorker(trial, { workload: 'CronJob/csv-batch-cron', folders: { inbox } });
  await finished(batch, 60_000);
  const login = { host: '127.0.0.1', user: 'lambda', database: 'lambda', password: 'lambdapassword' };
  for (const { port } of [primary, ...standbys]) {
    const pool = new pg.Pool({ ...login, port });
    const text = `SELECT event_id, account_id, merchant, category, amount::text, currency, occurred_at::text
      FROM transactions`;
    await until(async () => (await pool.query(text)).rowCount === events.length, {
      deadline: 60_000,
      what: `the rows on port ${port}`,
    });
    assertExactlyOnce(events, (await pool.query(text)).rows);
    const { rows } = await pool.query('SELECT pg_is_in_recovery() AS standby');
    assert.is(rows[0]?.standby, port !== primary.port);
    if (port !== primary.port) {
      await pool.query('DELETE FROM transactions').then(
        () => assert.unreachable(),
        (error) => assert.match(error.message, /read-only transaction/),
      );
    }
    await pool.end();
  }
  const log = await readFile(`${trial.folder}/lambda-postgres-1-prepare.log`, 'utf8');
  assert.match(log, /copied; following 127\.0\.0\.1 by the slot standby_1/);
});

test.run();
