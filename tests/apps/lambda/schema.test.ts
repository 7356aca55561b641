import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import pg from 'pg';
import * as assert from 'uvu/assert';
import { SchemaRefused } from '../../../apps/kit/schema/index.ts';
import { knownMigrations, migrate, schemaVersion } from '../../../apps/lambda/schema/migrate.ts';
import { renderSystem } from '../../../trial/overlay/system.ts';
import { finished } from '../../../trial/process/start.ts';
import { startPostgres } from '../../../trial/services/postgres.ts';
import { openTrial, type Trial } from '../../../trial/trial.ts';
import { startWorker } from '../../../trial/worker.ts';
import { folderWith } from '../../harness/folder.ts';
import { suite } from '../../harness/suite.ts';
import { root } from '../../house/repository.ts';
import { kustomize } from './platform.ts';

const test = suite('db-setup-job');
let trial: Trial;
let port: number;

test.before(async () => {
  trial = await openTrial(await renderSystem(root, kustomize, 'kind', 'lambda'));
  ({ port } = await startPostgres(trial, { name: 'lambda-postgres' }));
});
test.after(() => trial?.close());

/** A pool whose tables are in a schema of its own: a database of a test's own, as far as migrations see. */
async function poolIn(schema: string): Promise<pg.Pool> {
  const login = { user: 'lambda', database: 'lambda', password: 'lambdapassword', host: '127.0.0.1', port };
  const pool = new pg.Pool({ ...login, options: `-c search_path=${schema}` });
  await pool.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
  return pool;
}

const setup = (schema: string, label: string) =>
  startWorker(trial, {
    workload: 'Job/db-setup-job',
    label,
    env: { PGOPTIONS: `-c search_path=${schema}` },
  });

test('runs again without changing anything, and three at once do it once', async () => {
  const pool = await poolIn('again');
  const jobs = await Promise.all(['one', 'two', 'three'].map((label) => setup('again', label)));
  for (const job of jobs) await finished(job, 60_000);
  const known = await knownMigrations();
  const applied = jobs.flatMap((job) => job.log().match(/"msg":"applied"/g) ?? []);
  assert.is(applied.length, known.length);
  const before = (await pool.query('SELECT * FROM schema_migrations ORDER BY version')).rows;
  assert.is(before.length, known.length);
  await finished(await setup('again', 'four'), 60_000);
  assert.equal((await pool.query('SELECT * FROM schema_migrations ORDER BY version')).rows, before);
  assert.is(await schemaVersion(pool), known.length);
  await pool.end();
});

test('a schema that is newer than the code is refused, and left as it is', async () => {
  const pool = await poolIn('newer');
  const known = await knownMigrations();
  await migrate(pool, known);
  await pool.query("INSERT INTO schema_migrations VALUES ($1, 'of-tomorrow', 'x')", [known.length + 1]);
  const job = await setup('newer', 'newer');
  assert.is((await job.ended).status, 1);
  assert.match(job.log(), /the database has schema \d+ \(of-tomorrow\), and this code knows/);
  await pool.end();
});

test('a migration that was changed after it was applied is refused', async () => {
  const pool = await poolIn('changed');
  const known = await knownMigrations();
  await migrate(pool, known);
  const other = known.map((migration, index) =>
    index === 0 ? { ...migration, sha256: 'another' } : migration,
  );
  await migrate(pool, other).then(
    () => assert.unreachable(),
    (error) => {
      assert.instance(error, SchemaRefused);
      assert.match(error.message, /migration 1 was applied/);
    },
  );
  await pool.end();
});

test('a migration that fails leaves nothing of itself or of those before it', async () => {
  const pool = await poolIn('halfway');
  const known = await knownMigrations();
  const broken = {
    version: known.length + 1,
    name: 'broken',
    text: 'CREATE TABLE half (a int); SELECT 1/0',
    sha256: 'b',
  };
  await migrate(pool, [...known, broken]).then(
    () => assert.unreachable(),
    (error) => assert.match(error.message, /division by zero/),
  );
  assert.is(await schemaVersion(pool), 0);
  assert.is((await pool.query("SELECT to_regclass('half') AS half")).rows[0]?.half, null);
  await migrate(pool, known);
  assert.is(await schemaVersion(pool), known.length);
  await pool.end();
});

test('a number that is missing or twice is found when the files are read', async () => {
  await using folder = await folderWith({ '001-a.sql': 'SELECT 1', '003-c.sql': 'SELECT 1' });
  await knownMigrations(folder.path).then(
    () => assert.unreachable(),
    (error) => assert.match(error.message, /003-c.sql: its number should be 002/),
  );
});

test('wait-for-schema ends when the schema is there, and says what it waited for when it never is', async () => {
  const wait = (schema: string, label: string) =>
    startWorker(trial, {
      workload: 'Deployment/lambda-consumer',
      container: 'wait-for-schema',
      label,
      env: { PGOPTIONS: `-c search_path=${schema}` },
    });
  const pool = await poolIn('waited');
  const waiting = await wait('waited', 'waiting');
  await migrate(pool, await knownMigrations());
  await finished(waiting, 60_000);
  await pool.end();
});

test('a deadline that is no number of seconds is told with all other mistakes, not waited for', async () => {
  const script = join(root, 'apps/lambda/wait-for-schema.ts');
  for (const deadline of ['2s', '-1', 'soon']) {
    const command = [script, `--deadline=${deadline}`];
    const env = { PATH: process.env.PATH ?? '', DB_HOST: 'no host', NODE_NO_WARNINGS: '1' };
    const { status, stdout } = spawnSync(process.execPath, command, {
      env,
      encoding: 'utf8',
      timeout: 30_000,
    });
    assert.is(status, 2, stdout);
    const { mistakes } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    const names = mistakes.map((mistake: string) => mistake.split(' ')[0]);
    assert.equal(names, ['DB_HOST', 'DB_NAME', 'DB_USER', 'DB_PASSWORD', '--deadline']);
  }
});

test.run();
