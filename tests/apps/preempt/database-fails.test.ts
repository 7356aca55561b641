import * as assert from 'uvu/assert';
import { createLog } from '../../../apps/kit/index.ts';
import { connectPool } from '../../../apps/kit/mysql/index.ts';
import { within } from '../../../apps/kit/within.ts';
import { until } from '../../../trial/until.ts';
import type { RunningWorker } from '../../../trial/worker.ts';
import { suite } from '../../harness/suite.ts';
import { startCut } from './cut.ts';
import { openPlatform, type Platform } from './platform.ts';
import { assertStoredOnce } from './stored-once.ts';
import { newStream } from './stream.ts';

const test = suite('the database fails');
let platform: Platform;

test.before(async () => {
  platform = await openPlatform();
});
test.after(() => platform?.close());

const ended = (store: RunningWorker) => until(() => store.state(), { deadline: 60_000, what: 'its end' });
const ready = (store: RunningWorker, status: number) =>
  until(async () => (await fetch(`${store.metrics}/readyz`)).status === status, {
    deadline: 60_000,
    what: `${status} on /readyz`,
  });

test('a password that the database refuses ends the store, and is said', async () => {
  const stream = await newStream(platform, 'password');
  const store = await stream.startStore({ env: { DB_PASSWORD: 'not this one' } });
  assert.equal(await ended(store), { status: 1, signal: null });
  assert.match(store.log(), /"level":"fatal".*Access denied/);
  assert.not.match(store.log(), /redis does not answer/);
});

test('a table that is missing ends the store, is said, and costs nothing', async () => {
  const stream = await newStream(platform, 'table');
  const first = await stream.startStore();
  await ready(first, 200);
  await platform.pool.change('RENAME TABLE observations TO elsewhere');
  await stream.send(stream.make(30));
  assert.equal(await ended(first), { status: 1, signal: null });
  assert.match(first.log(), /"level":"fatal".*observations.* doesn't exist/);
  await platform.pool.change('RENAME TABLE elsewhere TO observations');
  const next = await stream.startStore();
  await stream.drained();
  await next.stop();
  assertStoredOnce(stream.sent, await stream.rows());
});

test('a store that has nothing to store is not ready while the database is frozen, lives, and stores what came then', async () => {
  const stream = await newStream(platform, 'frozen');
  const store = await stream.startStore();
  await ready(store, 200);
  const { mysql } = platform.services;
  mysql.server().signal('SIGSTOP');
  try {
    await ready(store, 503);
    assert.is((await fetch(`${store.metrics}/livez`)).status, 200);
    await stream.send(stream.make(60));
  } finally {
    mysql.server().signal('SIGCONT');
  }
  await ready(store, 200);
  await stream.drained();
  assert.equal(await store.stop(), { status: 0, signal: null });
  assertStoredOnce(stream.sent, await stream.rows());
});

test('a database that freezes under a batch is given up, and the batch is stored once when it is back', async () => {
  const stream = await newStream(platform, 'batch');
  const store = await stream.startStore();
  const { mysql } = platform.services;
  await stream.send(stream.make(200));
  await until(async () => (await stream.rows()).length > 0, { deadline: 60_000, what: 'rows', every: 5 });
  mysql.server().signal('SIGSTOP');
  try {
    await stream.send(stream.make(200));
    await ready(store, 503);
    assert.match(store.log(), /mysql does not take it/);
  } finally {
    mysql.server().signal('SIGCONT');
  }
  await stream.drained();
  assert.equal(await store.stop(), { status: 0, signal: null });
  assertStoredOnce(stream.sent, await stream.rows());
  assert.equal(await stream.deadLetters(), []);
});

test('a server that lets one in and then says nothing fails the statement in time, and keeps no pool from its end', async () => {
  let silent = true;
  const cut = await startCut(platform.services.mysql.port, (from, piece) =>
    silent && from === 'worker' && piece.includes('SET SESSION') ? 'swallow' : true,
  );
  const login = { ...platform.services.mysql.login, port: cut.port };
  const pool = connectPool(login, 'test', 1, createLog('test', 'silent'), { statementSeconds: 1 });
  try {
    const asked = pool.query('SELECT 1 AS one').catch((error: Error) => error.message);
    assert.match(String(await within(asked, 30_000, 'no end came')), /what every connection is told first/);
    silent = false;
    assert.equal(await pool.query('SELECT 1 AS one'), [{ one: 1 }]);
  } finally {
    await within(pool.end(), 30_000, 'the pool did not end');
    await cut.close();
  }
});

test.run();
