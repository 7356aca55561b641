import { setTimeout as sleep } from 'node:timers/promises';
import { Consumer, Producer } from '@platformatic/kafka';
import avro from 'avsc';
import * as assert from 'uvu/assert';
import { connectTransactions, NotWritten, openReader } from '../../../apps/kit/kafka/index.ts';
import { newest } from '../../../apps/streaming/avro/schemas.ts';
import type { Revenue } from '../../../apps/streaming/consumer/consume.ts';
import { connectRegistry, framer, RegistryError } from '../../../apps/streaming/registry/index.ts';
import { renderSystem } from '../../../trial/overlay/system.ts';
import { finished } from '../../../trial/process/start.ts';
import { type Kafka, startKafka } from '../../../trial/services/kafka.ts';
import { type SchemaRegistry, startSchemaRegistry } from '../../../trial/services/schema-registry.ts';
import { openTrial, type Trial } from '../../../trial/trial.ts';
import { until } from '../../../trial/until.ts';
import { startWorker } from '../../../trial/worker.ts';
import { suite } from '../../harness/suite.ts';
import { root } from '../../house/repository.ts';
import { metricOf } from '../metric-of.ts';
import { kustomize } from './rig.ts';

const test = suite('transactions');
let trial: Trial;
let kafka: Kafka;
let registry: SchemaRegistry;

test.before(async () => {
  trial = await openTrial(await renderSystem(root, kustomize, 'kind', 'streaming'), {
    say: (message) => process.stderr.write(`${message}\n`),
  });
  kafka = await startKafka(trial);
  [registry] = await Promise.all([startSchemaRegistry(trial), kafka.makeTopics()]);
  await finished(await startWorker(trial, { workload: 'Job/register-schemas' }), 60_000);
});
test.after(() => trial?.close());

/** A producer whose transactions a test may give up. */
function loose(transactionalId: string): Producer {
  const producer = new Producer({
    ...{ clientId: 'test', bootstrapBrokers: [kafka.address], transactionalId, idempotent: true },
    ...{ producerId: -1n, producerEpoch: -1, retries: 240, retryDelay: 250, timeout: 10_000 },
  });
  producer.on('error', () => {});
  return producer;
}

const message = (topic: string, text: string) => ({
  topic,
  partition: 0,
  key: Buffer.from('key'),
  value: Buffer.from(text),
});

/** What a reader of partition 0 gets, from the start to where what may be read ends; an answer holds so few bytes. */
async function readAll(topic: string, partitionBytes: number): Promise<string[]> {
  const client = new Consumer({
    groupId: 'test',
    clientId: 'test',
    bootstrapBrokers: [kafka.address],
    timeout: 10_000,
  });
  client.on('error', () => {});
  try {
    const options = { topic, maxBytes: partitionBytes, partitionBytes, minBytes: 1, waitMilliseconds: 100 };
    const reader = openReader(client, options);
    const id = await reader.topicId();
    const { end = 0n } = (await reader.bounds([0])).get(0) ?? {};
    const found: string[] = [];
    for (let position = 0n; position < end; ) {
      for (const { next, records } of await reader.fetch(new Map([[0, position]]), id, true)) {
        found.push(...records.map(({ value }) => String(value)));
        position = next;
      }
    }
    return found;
  } finally {
    await client.close(true);
  }
}

/** The same, once there are so many: a commit is answered before the last partition is told of it. */
const readOnce = (count: number, topic: string, partitionBytes: number): Promise<string[]> =>
  until(
    async () => {
      const found = await readAll(topic, partitionBytes);
      return found.length >= count ? found : undefined;
    },
    { deadline: 60_000, what: `${count} committed records in ${topic}` },
  );

test('of many transactions of one producer a reader gets those that were committed, however an answer is cut', async () => {
  const producer = loose('many');
  for (let number = 0; number < 12; number += 1) {
    const transaction = await producer.beginTransaction();
    const name = number % 3 === 0 ? 'kept' : 'dropped';
    for (let part = 0; part < 3; part += 1) {
      await transaction.send({
        messages: [message('dead-letter', `${name} ${number}.${part} ${'x'.repeat(500)}`)],
      });
    }
    await (name === 'kept' ? transaction.commit() : transaction.abort());
  }
  await producer.close();
  const expected = [0, 3, 6, 9].flatMap((number) => [0, 1, 2].map((part) => `kept ${number}.${part}`));
  // A whole answer; one that ends within a transaction; one batch at a time.
  for (const bytes of [1 << 20, 2000, 1]) {
    const found = (await readOnce(12, 'dead-letter', bytes)).map((text) => text.split(' ', 2).join(' '));
    assert.equal(found, expected, `${bytes} bytes an answer`);
  }
});

test('what is in an open transaction is not read, nor what comes behind it', async () => {
  const producer = loose('open');
  const transaction = await producer.beginTransaction();
  await transaction.send({ messages: [message('late-orders', 'open')] });
  const other = connectTransactions({ brokers: [kafka.address] }, 'behind');
  await other.write([{ topic: 'orders', key: Buffer.from('a'), value: Buffer.from('elsewhere') }]);
  assert.equal(await readAll('late-orders', 1 << 20), []);
  await transaction.commit();
  assert.equal(await readOnce(1, 'late-orders', 1 << 20), ['open']);
  await Promise.all([producer.close(), other.close()]);
});

test('the one that began last is let through: the one before is told that nothing of its own was written', async () => {
  const [before, after] = [0, 1].map(() => connectTransactions({ brokers: [kafka.address] }, 'same')) as [
    ReturnType<typeof connectTransactions>,
    ReturnType<typeof connectTransactions>,
  ];
  const write = (producer: typeof before, text: string) =>
    producer.write([{ topic: 'products', key: Buffer.from('same'), value: Buffer.from(text) }]);
  await write(before, 'first');
  await write(after, 'second');
  assert.instance(await write(before, 'third').catch((error) => error), NotWritten);
  await Promise.all([before.close(), after.close()]);
});

test('a broker that is killed costs no record and doubles none', async () => {
  const producer = connectTransactions({ brokers: [kafka.address] }, 'killed');
  let written = 0;
  let stop = false;
  const writing = (async () => {
    while (!stop) {
      const messages = Array.from({ length: 10 }, (_, index) => ({
        topic: 'dead-letter',
        key: Buffer.from(`k-${written}-${index}`),
        value: Buffer.from(`n-${written}-${index}`),
      }));
      try {
        await producer.write(messages);
        written += 1;
      } catch (error) {
        assert.instance(error, NotWritten);
        await sleep(100);
      }
    }
  })();
  await until(() => written > 20, { deadline: 30_000, what: 'some transactions' });
  kafka.broker().signal('SIGKILL');
  await kafka.broker().ended;
  const so = written;
  await kafka.startBroker();
  await until(() => written > so + 20, { deadline: 60_000, what: 'transactions after it' });
  stop = true;
  await writing;
  await producer.close();
  const client = new Consumer({
    groupId: 'test',
    clientId: 'test',
    bootstrapBrokers: [kafka.address],
    timeout: 10_000,
  });
  client.on('error', () => {});
  const options = {
    topic: 'dead-letter',
    maxBytes: 1 << 24,
    partitionBytes: 1 << 22,
    minBytes: 1,
    waitMilliseconds: 100,
  };
  const reader = openReader(client, options);
  const id = await reader.topicId();
  const bounds = await reader.bounds([0, 1, 2]);
  const positions = new Map([...bounds].map(([partition, { first }]) => [partition, first]));
  const found: string[] = [];
  while ([...positions].some(([partition, position]) => position < (bounds.get(partition)?.end ?? 0n))) {
    for (const { partition, next, records } of await reader.fetch(positions, id, true)) {
      found.push(...records.map(({ value }) => String(value)).filter((text) => text.startsWith('n-')));
      positions.set(partition, next);
    }
  }
  await client.close(true);
  const expected = Array.from(
    { length: written * 10 },
    (_, index) => `n-${Math.floor(index / 10)}-${index % 10}`,
  );
  assert.equal(found.sort(), expected.sort());
});

test('the registry refuses a schema that does not read what was written, and takes one that does', async () => {
  const schemas = connectRegistry({ url: registry.url });
  const order = JSON.parse(newest('order').text) as { fields: object[] };
  const later = (field: object) => JSON.stringify({ ...order, fields: [...order.fields, field] });
  const refused = await schemas
    .register('orders-value', later({ name: 'voucher', type: 'string' }))
    .catch((error) => error);
  assert.instance(refused, RegistryError);
  assert.is(refused.status, 409);
  const before = await schemas.versions('orders-value');
  await schemas.register('orders-value', later({ name: 'voucher', type: 'string', default: '' }));
  assert.is((await schemas.versions('orders-value')).length, before.length + 1);
  // The Job that registers those of the repository is safe to run again.
  await finished(await startWorker(trial, { workload: 'Job/register-schemas', label: 'again' }), 60_000);
  assert.is((await schemas.versions('orders-value')).length, before.length + 1);
});

test('the consumer buries what it cannot read, counts the rest once, and goes on where it was after it was killed', async () => {
  const schemas = connectRegistry({ url: registry.url });
  const { text } = newest('revenue');
  const encode = framer<Revenue>(
    avro.Type.forSchema(JSON.parse(text)),
    await schemas.register('revenue-per-minute-value', text),
  );
  const producer = connectTransactions({ brokers: [kafka.address] }, 'sums');
  const send = (from: number, count: number) =>
    producer.write(
      Array.from({ length: count }, (_, index) => {
        const sum = {
          category: 'toys',
          minute: (from + index) * 60_000,
          orders: 1,
          items: 1,
          revenue_cents: 5,
        };
        return { topic: 'revenue-per-minute', key: Buffer.from(`${from + index}`), value: encode(sum) };
      }),
    );
  await send(0, 50);
  await producer.write([
    { topic: 'revenue-per-minute', key: Buffer.from('wrong'), value: Buffer.from('{"category":"toys"}') },
  ]);
  const start = (label: string) => startWorker(trial, { workload: 'Deployment/streaming-consumer', label });
  const first = await start('first');
  const counted = async (worker: typeof first) =>
    (await metricOf(worker, 'streaming_consumer_orders_total')) ?? 0;
  const read = { deadline: 60_000, what: 'what was sent' };
  await until(async () => (await counted(first)) === 50, read);
  await until(async () => (await metricOf(first, 'streaming_consumer_dead_letters_total')) === 1, read);
  await until(async () => (await metricOf(first, 'streaming_consumer_lag_records')) === 0, read);
  first.signal('SIGKILL');
  await first.ended;
  await send(50, 30);
  const second = await start('second');
  await until(async () => (await counted(second)) === 30, read);
  assert.is(await metricOf(second, 'streaming_consumer_dead_letters_total'), 0);
  assert.is((await second.stop(60_000)).status, 0);
  await producer.close();
});

test.run();
