import * as assert from 'uvu/assert';
import type { Reply } from '../../../apps/kit/redis/index.ts';
import { openGroup } from '../../../apps/preempt/store/group.ts';
import { until } from '../../../trial/until.ts';
import type { RunningWorker } from '../../../trial/worker.ts';
import { suite } from '../../harness/suite.ts';
import { metricOf } from '../metric-of.ts';
import { startCut } from './cut.ts';
import { openPlatform, type Platform } from './platform.ts';
import { assertStoredOnce } from './stored-once.ts';
import { newStream } from './stream.ts';

const test = suite('the store dies');
let platform: Platform;

test.before(async () => {
  platform = await openPlatform();
});
test.after(() => platform?.close());

test('killed at each step that it takes with Redis and MySQL, it loses nothing and stores nothing twice', async () => {
  const { services } = platform;
  const stream = await newStream(platform, 'killed');
  let steps = 0;
  let killAt = 0;
  let victim: RunningWorker | undefined;
  const onStep = () => {
    steps += 1;
    if (steps !== killAt) return true;
    victim?.signal('SIGKILL');
    return false;
  };
  const cuts = [
    await startCut(services.mysql.port, onStep),
    await startCut(services.redis.port, onStep),
  ] as const;
  const env = { DB_PORT: String(cuts[0].port), REDIS_PORT: String(cuts[1].port), STORE_BATCH_ENTRIES: '5' };
  let kills = 0;
  // The first run counts: how many steps there are until two batches are stored.
  await stream.send(stream.make(10));
  const whole = await stream.startStore({ env });
  await stream.drained();
  const all = steps;
  await whole.stop();
  for (let at = 1; at <= all; at += Math.max(1, Math.round(all / 30))) {
    await stream.send(stream.make(10));
    [steps, killAt] = [0, at];
    victim = await stream.startStore({ env });
    await Promise.race([victim.ended, stream.drained()]);
    // It may have come to the end in fewer steps.
    if (victim.state() === undefined) await victim.stop();
    else kills += 1;
  }
  killAt = 0;
  for (const cut of cuts) await cut.close();
  const last = await stream.startStore();
  await stream.drained();
  await last.stop();
  assert.ok(all >= 20 && kills >= 15, `${kills} kills of ${all} steps`);
  assertStoredOnce(stream.sent, await stream.rows());
  assert.is(await stream.lost(), 0);
  assert.equal(await stream.deadLetters(), []);
});

test('what was stored and not acknowledged changes nothing when it comes again', async () => {
  const stream = await newStream(platform, 'again');
  const observations = stream.make(100);
  await stream.send(observations);
  const first = await stream.startStore();
  await stream.drained();
  await first.stop();
  const before = await stream.rows();
  await Promise.all(
    observations.map((one) => platform.redis.send(['XADD', stream.name, '*', 'data', JSON.stringify(one)])),
  );
  const second = await stream.startStore();
  await stream.drained();
  await second.stop();
  assert.equal(await stream.rows(), before);
});

test('of several replicas at once, what a dead one had is taken over, and it is removed', async () => {
  const stream = await newStream(platform, 'replicas');
  await stream.send(stream.make(5000));
  const stores = await Promise.all([0, 1, 2].map((index) => stream.startStore({ index })));
  const dies = stores[1];
  await until(async () => ((await metricOf(dies as RunningWorker, 'preempt_store_entries_total')) ?? 0) > 0, {
    deadline: 60_000,
    what: 'something stored by the one that dies',
    every: 10,
  });
  dies?.signal('SIGKILL');
  await dies?.ended;
  await stream.send(stream.make(2500));
  await stream.drained();
  assertStoredOnce(stream.sent, await stream.rows());
  const others = stores.filter((store) => store !== dies);
  for (const store of others) assert.equal(await store.stop(), { status: 0, signal: null }, store.log());
  const consumers = await platform.redis.send<readonly (readonly string[])[]>([
    'XINFO',
    'CONSUMERS',
    stream.name,
    stream.group,
  ]);
  // Whoever ends in peace leaves; the dead one is removed after minutes, when it has nothing.
  assert.equal(
    consumers.map((one) => one[1]),
    ['store-1'],
  );
});

test('what it had when it died is taken by itself when it starts, long before anybody would claim it', async () => {
  const stream = await newStream(platform, 'own');
  await stream.send(stream.make(10));
  const { redis } = platform;
  // It dies with all of it in its hands.
  const dead = openGroup({
    redis,
    stream: stream.name,
    group: stream.group,
    consumer: 'store-0',
    deadLetter: stream.deadLetter,
  });
  await dead.open();
  assert.is((await dead.readNew(100)).entries.length, 10);
  const store = await stream.startStore({
    env: { STORE_CLAIM_SECONDS: '3600', STORE_RETRY_SECONDS: '3600' },
  });
  await stream.drained();
  await store.stop();
  assertStoredOnce(stream.sent, await stream.rows());
});

test('told to end, it finishes what it holds', async () => {
  const stream = await newStream(platform, 'told');
  await stream.send(stream.make(1000));
  const store = await stream.startStore();
  await until(async () => (await stream.rows()).length > 0, { deadline: 60_000, what: 'rows' });
  assert.equal(await store.stop(20_000), { status: 0, signal: null }, store.log());
  const pending = await platform.redis.send<readonly Reply[]>(['XPENDING', stream.name, stream.group]);
  assert.is(pending[0], 0);
});

test.run();
