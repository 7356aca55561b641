import { existsSync, readFileSync } from 'node:fs';
import pg from 'pg';
import * as assert from 'uvu/assert';
import { renderSystem } from '../../../trial/overlay/system.ts';
import { startPostgres } from '../../../trial/services/postgres.ts';
import { openTrial, type Trial } from '../../../trial/trial.ts';
import { until } from '../../../trial/until.ts';
import { isAwaited } from '../../harness/awaited-lock.ts';
import { suite } from '../../harness/suite.ts';
import { root } from '../../house/repository.ts';
import { kustomize } from './platform.ts';

const test = suite('a pod that replaces one whose server still ends');
let trial: Trial;

test.before(async () => {
  trial = await openTrial(await renderSystem(root, kustomize, 'kind', 'lambda'));
});
test.after(() => trial?.close());

// Other systems have no such file to look into, and no flock.
const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('its own waits until the other has let go of the data, and has all of it', async () => {
  const postgres = await startPostgres(trial, { name: 'lambda-postgres' });
  const before = postgres.server();
  const login = { host: '127.0.0.1', user: 'lambda', database: 'lambda', password: 'lambdapassword' };
  const ask = async (sql: string) => {
    const client = new pg.Client({ ...login, port: postgres.port });
    await client.connect();
    try {
      return (await client.query(sql)).rows;
    } finally {
      await client.end();
    }
  };
  await ask('CREATE TABLE kept AS SELECT generate_series(1, 1000) AS number');
  const log = `${trial.folder}/lambda-postgres-0-prepare.log`;
  const lines = () => (existsSync(log) ? readFileSync(log, 'utf8').split('\n').length : 0);
  const lock = `${trial.folder}/lambda-postgres-0/postgres-pvc/server.lock`;
  const prepared = lines();
  const replaced = postgres.startServer();
  replaced.catch(() => {});
  await until(async () => isAwaited(lock), { deadline: 60_000, what: 'a process that waits for the lock' });
  assert.is(before.state(), undefined);
  assert.is((await ask('SELECT count(*)::int AS rows FROM kept'))[0]?.rows, 1000);
  assert.is(lines(), prepared);
  await before.stop();
  await replaced;
  assert.is((await ask('SELECT count(*)::int AS rows FROM kept'))[0]?.rows, 1000);
});

test.run();
