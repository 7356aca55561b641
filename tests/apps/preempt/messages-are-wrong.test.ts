import * as assert from 'uvu/assert';
import { readObservation } from '../../../apps/preempt/message/observation.ts';
import { openGroup } from '../../../apps/preempt/store/group.ts';
import { until } from '../../../trial/until.ts';
import type { RunningWorker } from '../../../trial/worker.ts';
import { suite } from '../../harness/suite.ts';
import { metricOf } from '../metric-of.ts';
import { startCut } from './cut.ts';
import { openPlatform, type Platform } from './platform.ts';
import { assertStoredOnce } from './stored-once.ts';
import { newStream } from './stream.ts';

const test = suite('messages are wrong');
let platform: Platform;

test.before(async () => {
  platform = await openPlatform();
});
test.after(() => platform?.close());

const right = {
  location: 7,
  collectedAt: '2026-01-01T00:16:00.000Z',
  observedAt: '2026-01-01T00:15Z',
  values: { temperature_2m: 1.5 },
};

test('each mistake of a message is said', () => {
  assert.ok(readObservation(JSON.stringify(right)).ok);
  const wrong: readonly (readonly [string | undefined, RegExp])[] = [
    [undefined, /no field "data"/],
    ['{', /no JSON/],
    ['null', /no object/],
    [JSON.stringify({ ...right, location: 0 }), /location is 0/],
    [JSON.stringify({ ...right, location: '7' }), /location is "7"/],
    [JSON.stringify({ ...right, collectedAt: 'yesterday' }), /collectedAt/],
    [JSON.stringify({ ...right, observedAt: '2026-02-30T00:15Z' }), /observedAt/],
    [JSON.stringify({ ...right, observedAt: '2026-01-01T02:00Z' }), /before that/],
    [JSON.stringify({ ...right, values: {} }), /values is empty/],
    [JSON.stringify({ ...right, values: { "a'); DROP TABLE fields; --": 1 } }), /no name of a field/],
    [JSON.stringify({ ...right, values: { temperature_2m: '1' } }), /takes a number/],
    [JSON.stringify({ ...right, values: { temperature_2m: 1e300 } }), /takes a number/],
    [JSON.stringify({ ...right, padding: 'x'.repeat(70_000) }), /characters/],
  ];
  for (const [text, reason] of wrong) {
    const read = readObservation(text);
    assert.not(read.ok);
    if (!read.ok) assert.match(read.reason, reason);
  }
});

test('what cannot be stored goes to the dead letters after its last delivery, once, and the rest is stored', async () => {
  const stream = await newStream(platform, 'wrong');
  const observations = stream.make(60);
  const strange = [
    'no JSON at all',
    JSON.stringify({ ...right, location: 999_999 }),
    JSON.stringify({ ...right, location: observations[0]?.location, values: { snow_on_mars: 1 } }),
  ];
  await stream.send(observations.slice(0, 20));
  const [id] = await stream.sendTexts(strange);
  await stream.send(observations.slice(20));
  const stores = await Promise.all([0, 1].map((index) => stream.startStore({ index })));
  await stream.drained();
  for (const store of stores) {
    await until(async () => (await metricOf(store, 'preempt_store_dead_letters')) === 3, {
      deadline: 60_000,
      what: 'three dead letters in its metrics',
    });
  }
  for (const store of stores) await store.stop();
  const letters = await stream.deadLetters();
  assert.is(letters.length, 3);
  const letter = letters.find((one) => one.get('id') === id);
  assert.is(JSON.parse(String(letter?.get('entry'))).data, 'no JSON at all');
  assert.match(String(letter?.get('reason')), /no JSON/);
  assert.is(letter?.get('deliveries'), '5');
  assertStoredOnce(observations, await stream.rows());
});

test('of two who bury the same entry one does, and an entry is never in neither place', async () => {
  const stream = await newStream(platform, 'twice');
  await stream.sendTexts(['x']);
  const [one, two] = ['one', 'two'].map((consumer) =>
    openGroup({
      redis: platform.redis,
      stream: stream.name,
      group: stream.group,
      consumer,
      deadLetter: stream.deadLetter,
    }),
  );
  await one?.open();
  const [entry] = (await one?.readNew(1))?.entries ?? [];
  if (entry === undefined) throw new Error('nothing was read');
  assert.equal(await Promise.all([one?.bury(entry, 'a'), two?.bury(entry, 'b')]), [true, false]);
  assert.is((await stream.deadLetters()).length, 1);
});

test('an entry that ends whoever has it is buried in the end, and takes no other with it', async () => {
  const stream = await newStream(platform, 'deadly');
  const observations = stream.make(30);
  await stream.send(observations.slice(0, 15));
  await stream.sendTexts([
    JSON.stringify({ ...right, location: observations[0]?.location, values: { cloud_cover: 66.625 } }),
  ]);
  await stream.send(observations.slice(15));
  let victim: RunningWorker | undefined;
  // Whoever brings that value to the database is killed before it arrives.
  const cut = await startCut(platform.services.mysql.port, (from, piece) => {
    if (from === 'server' || !piece.includes('66.625')) return true;
    victim?.signal('SIGKILL');
    return false;
  });
  const env = { DB_PORT: String(cut.port) };
  try {
    for (let lives = 0; ; lives += 1) {
      assert.ok(lives < 20, 'it is still not buried');
      victim = await stream.startStore({ env });
      const end = await Promise.race([victim.ended, stream.drained().then(() => undefined)]);
      if (end === undefined) break;
    }
    await victim?.stop();
  } finally {
    await cut.close();
  }
  const letters = await stream.deadLetters();
  assert.is(letters.length, 1);
  assert.match(String(letters[0]?.get('reason')), /every consumer that had it ended/);
  assertStoredOnce(observations, await stream.rows());
});

test('a location and a field that come later are known without a restart', async () => {
  const stream = await newStream(platform, 'later');
  const store = await stream.startStore({ env: { STORE_RETRY_SECONDS: '1' } });
  await stream.send(stream.make(5));
  await stream.drained();
  await platform.pool.change("INSERT INTO fields (name, unit) VALUES ('dew_point_2m', '°C')");
  const [observation] = stream.make(1);
  if (observation === undefined) throw new Error('nothing was made');
  await stream.send([{ ...observation, values: { dew_point_2m: 3 } }]);
  await stream.drained();
  await store.stop();
  assertStoredOnce(stream.sent, await stream.rows());
  assert.equal(await stream.deadLetters(), []);
});

test('of two collections of a value the later is kept, whichever comes first, and however late', async () => {
  const stream = await newStream(platform, 'order');
  const observations = stream.make(40);
  const again = observations.map((one, index) => ({
    ...one,
    collectedAt: new Date(Date.parse(one.collectedAt) + (index % 2 === 0 ? 60_000 : -30_000)).toISOString(),
    values: Object.fromEntries(Object.entries(one.values).map(([name, value]) => [name, value + 100])),
  }));
  const mixed = [...observations, ...again].map((one, index) => [one, (index * 29) % 80] as const);
  const store = await stream.startStore();
  await stream.send(mixed.toSorted(([, one], [, other]) => one - other).map(([one]) => one));
  await stream.drained();
  await store.stop();
  assertStoredOnce(stream.sent, await stream.rows());
});

test('the store ends with 1 when what it is told is no configuration, and names the field', async () => {
  const stream = await newStream(platform, 'config');
  const store = await stream.startStore({
    edit: (config) => config.replace('max_deliveries: 5', 'max_deliveries: many'),
  });
  const end = await until(() => store.state(), { deadline: 60_000, what: 'its end' });
  assert.is(end.status, 1);
  assert.match(store.log(), /stream\.max_deliveries is \\?"many\\?"/);
});

test.run();
