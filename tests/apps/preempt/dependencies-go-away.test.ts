import { setTimeout as sleep } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { type Observation, writeObservation } from '../../../apps/preempt/message/observation.ts';
import { startOpenMeteo } from '../../../trial/services/open-meteo.ts';
import { until } from '../../../trial/until.ts';
import { suite } from '../../harness/suite.ts';
import { together } from '../../harness/together.ts';
import { metricOf } from '../metric-of.ts';
import { startCollecting } from './collecting.ts';
import { openPlatform, type Platform } from './platform.ts';
import { assertStoredOnce } from './stored-once.ts';
import { newStream, type Stream } from './stream.ts';

const test = suite('Redis or the database goes away');
const scenarios = together(test);
const platforms: Platform[] = [];

/** Longer than a store leaves entries to a consumer that does not answer. */
const away = 60_000;

/** Each scenario has services of its own, so that they may wait at the same time. */
async function platform(): Promise<Platform> {
  const opened = await openPlatform();
  platforms.push(opened);
  return opened;
}

/** Awaits the end of an outage: its length is what is tried. */
async function outlast(began: number): Promise<void> {
  await sleep(Math.max(0, began + away - performance.now()));
}

test.before(() => scenarios.start());
test.after(async () => {
  await scenarios.ended();
  for (const one of platforms) await one.close();
});

scenarios.add(
  'a database that is gone for a minute is waited for: no delivery is wasted, and no store ends',
  async () => {
    const one = await platform();
    const { mysql } = one.services;
    const stream = await newStream(one, 'database');
    await stream.send(stream.make(500));
    const stores = await Promise.all([0, 1].map((index) => stream.startStore({ index })));
    await until(async () => (await stream.rows()).length > 0, { deadline: 60_000, what: 'rows', every: 5 });
    mysql.server().signal('SIGKILL');
    await mysql.server().ended;
    const gone = performance.now();
    await stream.send(stream.make(500));
    for (const store of stores) {
      await until(async () => ((await metricOf(store, 'preempt_store_failures_total')) ?? 0) >= 3, {
        deadline: 60_000,
        what: 'failed attempts',
      });
      assert.is((await fetch(`${store.metrics}/livez`)).status, 200);
    }
    await outlast(gone);
    await mysql.startServer();
    await stream.drained();
    for (const store of stores) assert.equal(await store.stop(), { status: 0, signal: null });
    assertStoredOnce(stream.sent, await stream.rows());
    assert.equal(await stream.deadLetters(), []);
  },
);

scenarios.add('a Redis that was killed, and is gone for a minute, has all that it acknowledged', async () => {
  const one = await platform();
  const { redis: server } = one.services;
  const stream = await newStream(one, 'redis');
  await stream.send(stream.make(300));
  const store = await stream.startStore();
  const observations = stream.make(2000);
  const acknowledged: Observation[] = [];
  const sending = sendAll(one, stream, observations, acknowledged);
  await until(() => acknowledged.length > 100, { deadline: 60_000, what: 'a flow' });
  server.server().signal('SIGKILL');
  await server.server().ended;
  const gone = performance.now();
  await until(async () => (await fetch(`${store.metrics}/readyz`)).status === 503, {
    deadline: 60_000,
    what: 'a store that is not ready',
  });
  assert.is((await fetch(`${store.metrics}/livez`)).status, 200);
  await outlast(gone);
  await server.startServer();
  await sending;
  await stream.drained();
  assert.equal(await store.stop(), { status: 0, signal: null });
  assertStoredOnce([...stream.sent, ...observations], await stream.rows());
  assert.is(await stream.lost(), 0);
});

scenarios.add('what the source gave while Redis was away reaches the stream when it is back', async () => {
  const one = await platform();
  const { redis: server } = one.services;
  const source = await startOpenMeteo({
    onRequest: () => server.server().signal('SIGKILL'),
  });
  try {
    const collecting = await startCollecting(one, source, 30);
    const running = await collecting.run();
    await server.server().ended;
    const gone = performance.now();
    await until(() => /redis does not answer/.test(running.log()), { deadline: 60_000, what: 'a try' });
    assert.is(await collecting.collected(), 0);
    await outlast(gone);
    await server.startServer();
    assert.is((await running.ended).status, 0, running.log());
    assert.is(new Set((await collecting.messages()).map(({ location }) => location)).size, 30);
    assert.is(source.calls(), 30);
  } finally {
    await source.close();
  }
});

scenarios.add('a store that commits nothing, while Redis and the database answer, ends', async () => {
  const one = await platform();
  const stream = await newStream(one, 'stuck');
  const [observation] = stream.make(1);
  if (observation === undefined) throw new Error('nothing was made');
  await stream.send([observation]);
  const first = await stream.startStore();
  await stream.drained();
  await first.stop();
  const stuck = await one.pool.use(async (session) => {
    await session.query('START TRANSACTION');
    await session.query('SELECT * FROM observations FOR UPDATE');
    await stream.send([observation]);
    const store = await stream.startStore({ env: { STORE_STALL_SECONDS: '5', STORE_CLAIM_SECONDS: '60' } });
    await until(() => store.state(), { deadline: 60_000, what: 'its end' });
    await session.query('ROLLBACK');
    return store;
  });
  assert.equal(stuck.state(), { status: 1, signal: null });
  assert.match(stuck.log(), /"level":"fatal".*nothing was committed for/);
  const next = await stream.startStore();
  await stream.drained();
  await next.stop();
  assertStoredOnce(stream.sent, await stream.rows());
});

/** Sends as a collector does: what was not acknowledged is sent again. */
async function sendAll(
  { redis }: Platform,
  { name }: Stream,
  observations: readonly Observation[],
  acknowledged: Observation[],
): Promise<void> {
  for (const observation of observations) {
    await until(
      async () => {
        await redis.send(['XADD', name, '*', 'data', writeObservation(observation)]);
        return true;
      },
      { deadline: 120_000, what: 'an acknowledgement', every: 100 },
    );
    acknowledged.push(observation);
  }
}

test.run();
