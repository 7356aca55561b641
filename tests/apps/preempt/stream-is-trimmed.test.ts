import * as assert from 'uvu/assert';
import { openGroup } from '../../../apps/preempt/store/group.ts';
import { until } from '../../../trial/until.ts';
import { suite } from '../../harness/suite.ts';
import { metricOf } from '../metric-of.ts';
import { openPlatform, type Platform } from './platform.ts';
import { assertStoredOnce } from './stored-once.ts';
import { newStream, type Stream } from './stream.ts';

const test = suite('a stream is trimmed');
let platform: Platform;

test.before(async () => {
  platform = await openPlatform();
});
test.after(() => platform?.close());

/** A consumer that a test plays itself. */
function consumer(stream: Stream, name: string) {
  const { redis } = platform;
  return openGroup({
    redis,
    stream: stream.name,
    group: stream.group,
    consumer: name,
    deadLetter: stream.deadLetter,
  });
}

const length = (stream: Stream) => platform.redis.send<number>(['XLEN', stream.name]);

test('entries that were trimmed before a slow store had them are counted, exactly, and said', async () => {
  const stream = await newStream(platform, 'slow');
  const observations = stream.make(100);
  await stream.send(observations.slice(0, 30));
  const first = await stream.startStore();
  await stream.drained();
  await first.stop();
  await stream.send(observations.slice(30));
  // Of 70 that nobody had, 45 go.
  await platform.redis.send(['XTRIM', stream.name, 'MAXLEN', '=', 25]);
  const second = await stream.startStore();
  await stream.drained();
  assert.is(await stream.lost(), 45);
  await until(async () => (await metricOf(second, 'preempt_store_lost_entries')) === 45, {
    deadline: 60_000,
    what: 'the metric',
  });
  assert.match(second.log(), /"level":"error".*"entries":45.*entries are lost/);
  await second.stop();
  assertStoredOnce([...observations.slice(0, 30), ...observations.slice(75)], await stream.rows());
});

test('all of it gone at once is counted too, and so is what comes after', async () => {
  const stream = await newStream(platform, 'gone');
  const reader = consumer(stream, 'reader');
  await reader.open();
  await stream.send(stream.make(7));
  await platform.redis.send(['XTRIM', stream.name, 'MAXLEN', '=', 0]);
  assert.is((await reader.readNew(100)).lost, 7);
  assert.is((await reader.readNew(100)).lost, 0);
  await stream.send(stream.make(5));
  await platform.redis.send(['XTRIM', stream.name, 'MAXLEN', '=', 2]);
  const { lost, entries } = await reader.readNew(100);
  assert.equal([lost, entries.length], [3, 2]);
  assert.is(await stream.lost(), 10);
});

test('what was trimmed while a consumer had it is counted by whoever takes it over', async () => {
  const stream = await newStream(platform, 'held');
  const [dead, other] = [consumer(stream, 'dead'), consumer(stream, 'other')];
  await dead.open();
  const ids = await stream.send(stream.make(10));
  assert.is((await dead.readNew(10)).entries.length, 10);
  await platform.redis.send(['XTRIM', stream.name, 'MINID', '=', ids[4] ?? '']);
  const { claimed, lost } = await other.claimDead(100, 0);
  assert.equal([claimed.length, lost], [6, 4]);
  // And by the one that had it.
  await platform.redis.send(['XTRIM', stream.name, 'MINID', '=', ids[6] ?? '']);
  const taken = await other.take(claimed.map(({ id }) => id));
  assert.equal([taken.entries.length, taken.lost], [4, 2]);
  assert.is(await stream.lost(), 6);
});

test('our own trimming never passes what is pending, nor what a group has not been given', async () => {
  const stream = await newStream(platform, 'ours');
  const [one, two] = [consumer(stream, 'one'), consumer(stream, 'two')];
  await one.open();
  const ids = await stream.send(stream.make(20));
  const read = (await one.readNew(5)).entries.map(({ id }) => id);
  await two.readNew(5);
  assert.is(await one.trim(), 0);
  await one.acknowledge(read.slice(0, 2));
  assert.is(await one.trim(), 2);
  await one.acknowledge(read.slice(2));
  assert.is(await one.trim(), 3);
  await two.acknowledge(ids.slice(5, 10));
  assert.is(await two.trim(), 5);
  assert.is(await length(stream), 10);
  // Another group has had nothing yet.
  await platform.redis.send(['XGROUP', 'CREATE', stream.name, 'another', '0']);
  await one.acknowledge((await one.readNew(100)).entries.map(({ id }) => id));
  assert.is(await one.trim(), 0);
  await platform.redis.send(['XGROUP', 'DESTROY', stream.name, 'another']);
  assert.is(await one.trim(), 10);
  assert.is((await one.readNew(100)).lost, 0);
  assert.is(await stream.lost(), 0);
});

test('the store keeps the stream short, and loses nothing by it', async () => {
  const stream = await newStream(platform, 'short');
  const stores = await Promise.all([0, 1].map((index) => stream.startStore({ index })));
  for (let turn = 0; turn < 5; turn += 1) {
    await stream.send(stream.make(200));
    await stream.drained();
  }
  await until(async () => (await length(stream)) === 0, { deadline: 60_000, what: 'an empty stream' });
  for (const store of stores) await store.stop();
  assertStoredOnce(stream.sent, await stream.rows());
  assert.is(await stream.lost(), 0);
});

test('a stream that is made anew is read from its beginning', async () => {
  const stream = await newStream(platform, 'anew');
  const store = await stream.startStore();
  await stream.send(stream.make(30));
  await stream.drained();
  await platform.redis.send(['DEL', stream.name]);
  await until(() => /the group was made/.test(store.log().split('does not answer')[1] ?? ''), {
    deadline: 60_000,
    what: 'the group made anew',
  });
  await stream.send(stream.make(30));
  await stream.drained();
  await store.stop();
  assertStoredOnce(stream.sent, await stream.rows());
  assert.is(await stream.lost(), 0);
  // The ledger began anew with it.
  await stream.send(stream.make(30));
  await platform.redis.send(['XTRIM', stream.name, 'MAXLEN', '=', 10]);
  const next = await stream.startStore();
  await stream.drained();
  await next.stop();
  assert.is(await stream.lost(), 20);
});

test.run();
