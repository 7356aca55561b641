import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { createLog } from '../../../apps/kit/index.ts';
import { connectRedis, type Redis } from '../../../apps/kit/redis/index.ts';
import { ledgerOf, openGroup } from '../../../apps/preempt/store/group.ts';
import { requireCommand } from '../../../trial/downloads/debian.ts';
import { freePort } from '../../../trial/process/free-port.ts';
import { type Running, start } from '../../../trial/process/start.ts';
import { until } from '../../../trial/until.ts';
import { suite } from '../../harness/suite.ts';

const test = suite('the ledger is set right');
let folder = '';
let server: Running;
let redis: Redis;

/** A Redis of the test's own: the system's lets nobody change what memory it has. */
test.before(async () => {
  const say = (message: string) => process.stderr.write(`${message}\n`);
  await requireCommand('redis-server', 'redis-server', say);
  folder = await mkdtemp(join(tmpdir(), 'ledger-'));
  const port = await freePort();
  const command = ['redis-server', '--port', String(port), '--bind', '127.0.0.1', '--save', ''];
  const env = { PATH: process.env.PATH ?? '' };
  server = start({ name: 'redis', command, env, cwd: folder, logFile: join(folder, 'log') });
  const login = { redisHost: '127.0.0.1', redisPort: port, redisUser: 'default', redisPassword: 'any' };
  redis = connectRedis(login, 'test', createLog('test', 'silent'));
  await until(async () => (await redis.send(['PING'])) === 'PONG', { deadline: 60_000, what: 'redis' });
});
test.after(async () => {
  redis?.close();
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

const add = async (stream: string, count: number) => {
  for (let number = 0; number < count; number += 1) await redis.send(['XADD', stream, '*', 'data', 'x']);
};
const consumer = (stream: string, name = 'one', group = 'store') =>
  openGroup({ redis, stream, group, consumer: name, deadLetter: `${stream}:dead` });
type Group = ReturnType<typeof consumer>;
const ids = ({ entries }: { readonly entries: readonly { readonly id: string }[] }) =>
  entries.map(({ id }) => id);
/** Reads, stores and trims all that is there; how many entries were lost. */
const drain = async (one: Group) => {
  const read = await one.readNew(1000);
  await one.acknowledge(ids(read));
  await one.trim();
  return read.lost;
};
const lost = async (stream: string, group = 'store') =>
  Number((await redis.send<string | null>(['HGET', ledgerOf(stream, group), 'lost'])) ?? 0);

test('a group that was destroyed and is made anew takes nothing that we trimmed for lost', async () => {
  const one = consumer('destroyed');
  await one.open();
  await add('destroyed', 20);
  assert.is(await drain(one), 0);
  await add('destroyed', 4);
  assert.is((await one.readNew(2)).entries.length, 2);
  await redis.send(['XGROUP', 'DESTROY', 'destroyed', 'store']);
  assert.is(await one.open(), true);
  const again = await one.readNew(1000);
  assert.equal([again.entries.length, again.lost], [4, 0]);
  await one.acknowledge(ids(again));
  // And what is lost from now on is counted as before.
  await add('destroyed', 10);
  await redis.send(['XTRIM', 'destroyed', 'MAXLEN', '=', 3]);
  assert.is((await one.readNew(1000)).lost, 7);
  assert.is(await lost('destroyed'), 7);
});

test('what was trimmed while there was no group is lost, and only that', async () => {
  const one = consumer('without');
  await one.open();
  await add('without', 5);
  assert.is(await drain(one), 0);
  await redis.send(['XGROUP', 'DESTROY', 'without', 'store']);
  await add('without', 9);
  await redis.send(['XTRIM', 'without', 'MAXLEN', '=', 3]);
  await one.open();
  const { entries, lost: gone } = await one.readNew(1000);
  assert.equal([entries.length, gone], [3, 6]);
});

test('another group, and one whose ledger is gone, begin with nothing lost', async () => {
  const one = consumer('other');
  await one.open();
  await add('other', 20);
  assert.is(await drain(one), 0);
  await add('other', 5);
  const other = consumer('other', 'one', 'another');
  await other.open();
  const read = await other.readNew(1000);
  assert.equal([read.entries.length, read.lost], [5, 0]);
  await redis.send(['DEL', ledgerOf('other', 'store')]);
  await one.open();
  assert.is((await one.readNew(1000)).lost, 0);
  await redis.send(['XTRIM', 'other', 'MAXLEN', '=', 0]);
  await add('other', 5);
  await redis.send(['XTRIM', 'other', 'MAXLEN', '=', 4]);
  assert.is((await one.readNew(1000)).lost, 1);
  assert.equal([await lost('other'), await lost('other', 'another')], [1, 0]);
});

test('a stream that is gone and comes again is counted from its beginning', async () => {
  const one = consumer('gone');
  await one.open();
  await add('gone', 20);
  assert.is(await drain(one), 0);
  await redis.send(['DEL', 'gone']);
  await add('gone', 6);
  await redis.send(['XTRIM', 'gone', 'MAXLEN', '=', 6]);
  await one.open();
  assert.is((await one.readNew(2)).lost, 0);
  await redis.send(['XTRIM', 'gone', 'MAXLEN', '=', 1]);
  assert.is((await one.readNew(1000)).lost, 3);
});

test('a Redis that is full is drained by a store that starts: read, taken over, buried, trimmed', async () => {
  const one = consumer('full');
  await one.open();
  await add('full', 30);
  assert.is((await one.readNew(10)).entries.length, 10);
  await redis.send(['CONFIG', 'SET', 'maxmemory', '1', 'maxmemory-policy', 'noeviction']);
  try {
    const refused = await redis
      .send(['XADD', 'full', '*', 'data', 'x'])
      .catch((error: Error) => error.message);
    assert.match(String(refused), /^OOM/);
    const two = consumer('full', 'two');
    assert.is(await two.open(), false);
    const { claimed } = await two.claimDead(100, 0);
    const taken = await two.take(claimed.map(({ id }) => id));
    assert.is(taken.entries.length, 10);
    const [bad, ...good] = taken.entries;
    if (bad === undefined) throw new Error('nothing was taken');
    assert.ok(await two.bury(bad, 'a reason'));
    await two.acknowledge(good.map(({ id }) => id));
    // Of what nobody had, some is gone: that is counted, too.
    await redis.send(['XTRIM', 'full', 'MAXLEN', '=', 15]);
    const read = await two.readNew(1000);
    assert.equal([read.entries.length, read.lost], [15, 5]);
    await two.acknowledge(ids(read));
    await two.trim();
    assert.is(await redis.send(['XLEN', 'full']), 0);
  } finally {
    await redis.send(['CONFIG', 'SET', 'maxmemory', '0']);
  }
  assert.is(await lost('full'), 5);
});

test('a consumer that has something stays when it leaves, and so does one that was not seen for long; nothing is lost', async () => {
  const [one, two] = [consumer('leaves', 'one'), consumer('leaves', 'two')];
  await one.open();
  await add('leaves', 3);
  const had = ids(await one.readNew(1000));
  assert.is(await one.removeConsumers(600_000, true), 0);
  assert.is(await two.removeConsumers(0), 0);
  const { claimed } = await two.claimDead(100, 0);
  assert.equal(
    claimed.map(({ id }) => id),
    had,
  );
  await two.acknowledge(had);
  assert.is(await two.removeConsumers(600_000, true), 1);
  assert.is(await one.removeConsumers(0), 1);
});

test.run();
