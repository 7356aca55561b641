import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import * as assert from 'uvu/assert';
import { until } from '../../../trial/until.ts';
import { startWorker } from '../../../trial/worker.ts';
import { suite } from '../../harness/suite.ts';
import { metricOf } from '../metric-of.ts';
import { assertExactlyOnce } from './exactly-once.ts';
import { openPlatform, type Platform } from './platform.ts';

const test = suite('the database or the broker goes away');
let platform: Platform;

/** How long the database and the broker are away: longer than a group waits for its members. */
const away = 60_000;

/** Awaits the end of an outage: its length is what is tried. */
async function outlast(began: number): Promise<void> {
  await sleep(Math.max(0, began + away - performance.now()));
}

test.before(async () => {
  platform = await openPlatform();
});
test.after(() => platform?.close());

test('a database that is gone for a minute is waited for, and the consumer lives on', async () => {
  const { services, newStream } = platform;
  const stream = await newStream('database');
  await stream.send(10_000);
  const consumer = await stream.startConsumer();
  await until(async () => (await stream.stored()) > 0, {
    deadline: 60_000,
    what: 'a first commit',
    every: 5,
  });
  const server = services.postgres.server();
  // SIGQUIT: PostgreSQL's immediate shutdown, as in a crash.
  server.signal('SIGQUIT');
  await server.ended;
  const gone = performance.now();
  await stream.send(5000);
  await until(async () => ((await metricOf(consumer, 'lambda_consumer_failures_total')) ?? 0) >= 3, {
    deadline: 60_000,
    what: 'failed attempts of the consumer',
  });
  await outlast(gone);
  await services.postgres.startServer();
  await stream.drained();
  assert.is(consumer.state(), undefined);
  await consumer.stop();
  assertExactlyOnce(stream.sent, await stream.events());
});

test('a consumer that commits nothing, while broker and database answer, ends', async () => {
  const { services, newStream } = platform;
  const stream = await newStream('stuck', 2);
  await stream.send(500);
  const first = await stream.startConsumer();
  await stream.drained();
  await first.stop();
  const holder = new pg.Client(services.login);
  await holder.connect();
  await holder.query('BEGIN');
  await holder.query('SELECT * FROM stream_offsets WHERE topic = $1 FOR UPDATE', [stream.topic]);
  await stream.send(500);
  const stuck = await stream.startConsumer({ env: { CONSUMER_STALL_SECONDS: '3' } });
  const ended = await until(() => stuck.state(), { deadline: 90_000, what: 'its end' });
  assert.equal(ended, { status: 1, signal: null });
  assert.match(stuck.log(), /"level":"fatal".*nothing was committed for/);
  await holder.query('ROLLBACK');
  await holder.end();
  const next = await stream.startConsumer();
  await stream.drained();
  await next.stop();
  assertExactlyOnce(stream.sent, await stream.events());
});

test('a broker that is gone for a minute costs neither the producer nor the consumer a record', async () => {
  const { trial, services, newStream, query } = platform;
  const stream = await newStream('broker');
  await stream.send(3000);
  const consumer = await stream.startConsumer();
  const producer = await startWorker(trial, {
    workload: 'Deployment/lambda-producer-stream',
    // Its ids then begin as the stream's, and it meets the end of its buffer.
    env: {
      KAFKA_TOPIC: stream.topic,
      POD_NAME: `${stream.topic}-pod`,
      PRODUCER_RATE: '200',
      PRODUCER_BUFFER_RECORDS: '500',
    },
  });
  await until(async () => ((await metricOf(producer, 'lambda_producer_sent_total')) ?? 0) > 100, {
    deadline: 60_000,
    what: 'a stream that flows',
  });
  services.kafka.broker().signal('SIGKILL');
  await services.kafka.broker().ended;
  const gone = performance.now();
  await until(async () => (await metricOf(producer, 'lambda_producer_waiting_records')) === 500, {
    deadline: 60_000,
    what: 'a full buffer',
  });
  await until(async () => ((await metricOf(consumer, 'lambda_consumer_failures_total')) ?? 0) > 0, {
    deadline: 60_000,
    what: 'a consumer that noticed',
  });
  assert.not.match(consumer.log(), /postgres (?:does not answer|did not let)/);
  assert.is((await fetch(`${producer.metrics}/readyz`)).status, 503);
  assert.is((await fetch(`${producer.metrics}/livez`)).status, 200);
  const made = (await metricOf(producer, 'lambda_producer_made_total')) ?? 0;
  await outlast(gone);
  await services.kafka.startBroker();
  await until(async () => ((await metricOf(producer, 'lambda_producer_sent_total')) ?? 0) > made, {
    deadline: 90_000,
    what: 'a stream that flows again',
  });
  await producer.stop(50_000);
  assert.equal(producer.state(), { status: 0, signal: null });
  const [, total = '', series = ''] = /"made":(\d+),"series":"([^"]+)"/.exec(producer.log()) ?? [];
  const ids = async () => {
    const text = 'SELECT event_id FROM transactions WHERE event_id LIKE $1';
    return (await query<{ event_id: string }>(text, [`${series}-%`])).map(({ event_id }) => event_id);
  };
  const wanted = Array.from({ length: Number(total) }, (_, index) => `${series}-${index}`);
  await until(async () => (await ids()).length >= wanted.length, {
    deadline: 120_000,
    what: 'all that was made',
  });
  assert.equal((await ids()).sort(), wanted.sort());
  await consumer.stop();
  const others = (await stream.events()).filter(({ event_id }) => !event_id.startsWith(series));
  assertExactlyOnce(stream.sent, others);
});

test.run();
