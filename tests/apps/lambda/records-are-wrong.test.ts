import { glob, stat, truncate } from 'node:fs/promises';
import * as assert from 'uvu/assert';
import { until } from '../../../trial/until.ts';
import { suite } from '../../harness/suite.ts';
import { together } from '../../harness/together.ts';
import { metricOf } from '../metric-of.ts';
import { assertExactlyOnce } from './exactly-once.ts';
import { openPlatform, type Platform } from './platform.ts';

const test = suite('records are wrong, repeated, or of another topic');
const scenarios = together(test);
let platform: Platform;

test.before(async () => {
  platform = await openPlatform();
  scenarios.start();
});
test.after(async () => {
  await scenarios.ended();
  await platform?.close();
});

const good = (id: string) => ({
  event_id: id,
  account_id: 'acc-1',
  merchant: 'Back\\slash & Söhne',
  category: 'services',
  amount: '10.50',
  currency: 'EUR',
  occurred_at: '2026-01-01T00:00:00.000Z',
});

scenarios.add(
  'poison records are buried with their origin and error, and the rest of the batch lands',
  async () => {
    const { newStream, query } = platform;
    const stream = await newStream('poison', 1);
    const id = (name: string) => `${stream.topic}-${name}`;
    const poison = [
      ['no JSON at all', /no JSON/],
      ['[1]', /no JSON object/],
      ['null', /no JSON object/],
      [JSON.stringify({ ...good(id('a')), amount: 12 }), /amount is no text/],
      [JSON.stringify({ ...good(id('b')), amount: '12.345' }), /amount "12.345"/],
      [JSON.stringify({ ...good(id('c')), currency: 'euro' }), /currency/],
      [JSON.stringify({ ...good(id('d')), occurred_at: '2026-02-30T00:00:00Z' }), /occurred_at/],
      [JSON.stringify({ ...good(id('e')), merchant: 'nul \u0000' }), /merchant has a control character/],
      [JSON.stringify({ ...good(''), event_id: '' }), /event_id is empty/],
      // What is wrong is quoted in the reason, which has to be stored itself.
      ['\0abc', /no JSON/],
      [JSON.stringify({ ...good(id('f')), amount: '1\u0000' }), /amount "1\ufffd"/],
      [JSON.stringify({ ...good(id('g')), currency: '\ud800' }), /currency "\ufffd"/],
      // Two that would become one row, if the halves of pairs were replaced on the way.
      [
        JSON.stringify({ ...good(id('h')), event_id: `${id('h')}\ud800` }),
        /event_id has half of a surrogate pair/,
      ],
      [JSON.stringify({ ...good(id('i')), merchant: 'Caf\udce9' }), /merchant has half of a surrogate pair/],
    ] as const;
    const values = poison.flatMap(([value], index) => [JSON.stringify(good(id(`good-${index}`))), value]);
    await stream.sendValues(values);
    const consumer = await stream.startConsumer();
    await stream.drained();
    assert.is(await metricOf(consumer, 'lambda_consumer_dead_letters_total'), poison.length);
    await consumer.stop();
    assertExactlyOnce(
      poison.map((_, index) => good(id(`good-${index}`))),
      await stream.events(),
    );
    const buried = await query<{
      record_offset: string;
      record_value: Buffer;
      error: string;
      partition: number;
    }>('SELECT * FROM dead_letters WHERE topic = $1 ORDER BY record_offset', [stream.topic]);
    assert.is(buried.length, poison.length);
    for (const [index, letter] of buried.entries()) {
      const [value, error] = poison[index] ?? ['', /never/];
      assert.is(letter.record_value.toString(), value);
      assert.is(Number(letter.record_offset), index * 2 + 1);
      assert.match(letter.error, error);
    }
  },
);

scenarios.add('a value that only the database refuses is found among thousands', async () => {
  const { newStream, query } = platform;
  const stream = await newStream('refused', 1);
  await stream.send(3000);
  const id = `${stream.topic}-refused`;
  await query("ALTER TABLE transactions ADD CONSTRAINT test_refuses CHECK (merchant <> 'refused')");
  try {
    await stream.sendValues([JSON.stringify({ ...good(id), merchant: 'refused' })]);
    await stream.send(1000);
    const consumer = await stream.startConsumer();
    await stream.drained();
    await consumer.stop();
  } finally {
    await query('ALTER TABLE transactions DROP CONSTRAINT test_refuses');
  }
  assertExactlyOnce(stream.sent, await stream.events());
  const [letter] = await query<{ error: string }>('SELECT error FROM dead_letters WHERE topic = $1', [
    stream.topic,
  ]);
  assert.match(letter?.error ?? '', /test_refuses/);
});

scenarios.add('what a producer sends again, at once or later, is stored once', async () => {
  const stream = await platform.newStream('retry', 2);
  const events = await stream.send(4000);
  const again = events.slice(1000, 3000);
  const values = again.map((event) => JSON.stringify(event));
  const keys = again.map((event) => event.account_id);
  await stream.sendValues(values, keys);
  const consumer = await stream.startConsumer();
  await stream.drained();
  await stream.sendValues(values, keys);
  await stream.drained();
  assert.is(await metricOf(consumer, 'lambda_consumer_known_rows_total'), 4000);
  await consumer.stop();
  assertExactlyOnce(stream.sent, await stream.events());
});

scenarios.add('a topic that was made anew stops the consumer, loudly, before it reads on', async () => {
  const { newStream, query } = platform;
  const stream = await newStream('anew', 2);
  await stream.send(2000);
  const consumer = await stream.startConsumer();
  await stream.drained();
  const offsets = () =>
    query('SELECT * FROM stream_offsets WHERE topic = $1 ORDER BY partition', [stream.topic]);
  const before = await offsets();
  await stream.makeAnew();
  await stream.sendValues([JSON.stringify(good(`${stream.topic}-other`))]);
  await until(() => consumer.state() !== undefined, { deadline: 90_000, what: 'the end of the consumer' });
  assert.equal(consumer.state(), { status: 1, signal: null });
  assert.match(consumer.log(), /"level":"fatal".*made anew.*DELETE FROM stream_offsets/);
  const again = await stream.startConsumer();
  assert.is((await again.ended).status, 1);
  assert.equal(await offsets(), before);
  assertExactlyOnce(stream.sent, await stream.events());
  // The way out that the message names.
  await query('DELETE FROM stream_offsets WHERE topic = $1', [stream.topic]);
  const after = await stream.startConsumer();
  await stream.drained();
  await after.stop();
  assert.is((await stream.events()).length, 2001);
});

scenarios.add(
  'records that retention removed before a partition was ever read are counted and told',
  async () => {
    const stream = await platform.newStream('never', 1);
    await stream.send(1000);
    const partitions = [{ partition: 0, offset: 600n }];
    await platform.admin.deleteRecords({ topics: [{ name: stream.topic, partitions }] });
    const consumer = await stream.startConsumer();
    await stream.drained();
    assert.is(await metricOf(consumer, 'lambda_consumer_lost_records_total'), 600);
    assert.match(consumer.log(), /"level":"error".*"count":600.*retention removed records/);
    await consumer.stop();
    assertExactlyOnce(stream.sent.slice(600), await stream.events());
  },
);

scenarios.add('partitions that are added to the topic are read by the consumers that run', async () => {
  const stream = await platform.newStream('grown', 2);
  await stream.send(500);
  const env = { CONSUMER_TOPIC_CHECK_SECONDS: '1' };
  const consumers = [await stream.startConsumer({ env }), await stream.startConsumer({ index: 1, env })];
  await stream.drained();
  await platform.admin.createPartitions({
    topics: [{ name: stream.topic, count: 6, assignments: null }],
  } as never);
  // Before any consumer knows of them: they are read from their beginning.
  await stream.send(3000);
  await stream.drained();
  for (const consumer of consumers) {
    assert.is(consumer.state(), undefined);
  }
  assert.ok(consumers.some((consumer) => consumer.log().includes('the topic has more partitions')));
  await Promise.all(consumers.map((consumer) => consumer.stop()));
  assertExactlyOnce(stream.sent, await stream.events());
});

// The others have ended by then: it takes their broker away.
test('a broker that lost what was read, and wrote past it, stops the consumer, loudly', async () => {
  const { services, trial, newStream, query } = platform;
  // Only where its files are within reach.
  if (trial.engine === 'docker') return;
  const stream = await newStream('cut', 1);
  // Two batches: the second is what a crash loses that comes before it was on the disk.
  for (let batch = 0; batch < 2; batch += 1) await stream.send(500);
  const first = await stream.startConsumer();
  await stream.drained();
  await first.stop();
  const broker = services.kafka.broker();
  broker.signal('SIGKILL');
  await broker.ended;
  const [log = ''] = await Array.fromAsync(
    glob(`${trial.folder}/**/${stream.topic}-0/00000000000000000000.log`),
  );
  await truncate(log, Math.floor((await stat(log)).size * 0.9));
  await services.kafka.startBroker();
  const known = () => platform.admin.metadata({ topics: [stream.topic], forceUpdate: true });
  await until(
    () =>
      known().then(
        ({ topics }) => topics.get(stream.topic)?.partitions[0]?.leader === 0,
        () => false,
      ),
    {
      deadline: 60_000,
      what: 'a broker that leads its topics',
    },
  );
  await stream.send(1000);
  const second = await stream.startConsumer();
  assert.is((await second.ended).status, 1);
  assert.match(
    second.log(),
    /"level":"fatal".*was read up to 1000, and has another batch there now.*partition = 0/,
  );
  assert.is(await stream.stored(), 1000);
  // The way out that the message names.
  await query('DELETE FROM stream_offsets WHERE topic = $1 AND partition = 0', [stream.topic]);
  const third = await stream.startConsumer();
  await until(async () => (await stream.events()).length === 2000, { deadline: 60_000, what: 'all events' });
  await third.stop();
  assertExactlyOnce(stream.sent, await stream.events());
});

test.run();
