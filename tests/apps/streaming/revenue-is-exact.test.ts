import { run } from '@plumbline/validators';
import * as assert from 'uvu/assert';
import { submitJob } from '../../../trial/streaming.ts';
import { until } from '../../../trial/until.ts';
import { type RunningWorker, startWorker } from '../../../trial/worker.ts';
import { allIsTold } from '../../alerts/all-is-told.ts';
import { suite } from '../../harness/suite.ts';
import { root } from '../../house/repository.ts';
import { metricOf } from '../metric-of.ts';
import { readCommitted } from './committed.ts';
import { expectedRevenue, isLate, minuteOf, type Sum } from './expected-revenue.ts';
import { type Feed, startFeed } from './feed.ts';
import { podsOf } from './pods-of.ts';
import { checkpointsOf, jobsOf, openRig, quicker, type Rig, recovered, withinCheckpoint } from './rig.ts';

const test = suite('revenue is exact');
let rig: Rig;
let feed: Feed;
let consumer: RunningWorker;
let job: string;
let over: number;

const ordersRead = async () => (await metricOf(consumer, 'streaming_consumer_orders_total')) ?? 0;

/** The id of the job that has not ended. */
async function running(): Promise<string> {
  const [found] = (await jobsOf(rig)).filter(
    ({ state }) => !['FINISHED', 'CANCELED', 'FAILED'].includes(state),
  );
  if (found === undefined) throw new Error('no job runs');
  return found.id;
}

/** Waits until the consumer has read more than before: the job goes on, and its transactions are committed. */
async function goesOn(): Promise<void> {
  const before = await ordersRead();
  await until(async () => (await ordersRead()) > before, {
    deadline: 120_000,
    what: 'more revenue',
    every: 200,
  });
  feed.check();
}

test.before(async () => {
  rig = await openRig();
  const begin = Math.floor(Date.now() / 60_000) * 60_000 - 3 * 3_600_000;
  feed = await startFeed(rig, begin, 7);
  consumer = await startWorker(rig.trial, { workload: 'Deployment/streaming-consumer' });
});
test.after(() => rig?.close());

test('the job is given to the cluster, and results come', async () => {
  const said = await submitJob(rig.trial, { edit: quicker });
  assert.match(said, 'begins with nothing');
  job = await running();
  await goesOn();
});

test('a TaskManager is killed in the middle of a checkpoint', async () => {
  const { flink } = rig.services;
  await withinCheckpoint(rig, job);
  const [manager] = flink.taskManagers();
  manager?.signal('SIGKILL');
  await manager?.ended;
  await flink.startTaskManager(0);
  await recovered(rig, job);
  await goesOn();
});

test('the broker is killed in the middle of a checkpoint', async () => {
  const { kafka } = rig.services;
  await withinCheckpoint(rig, job);
  kafka.broker().signal('SIGKILL');
  await kafka.broker().ended;
  await kafka.startBroker();
  await goesOn();
});

test('the JobManager is killed in the middle of a checkpoint', async () => {
  const { flink } = rig.services;
  await withinCheckpoint(rig, job);
  flink.jobManager().signal('SIGKILL');
  await flink.jobManager().ended;
  await flink.startJobManager();
  await recovered(rig, job);
  assert.ok((await checkpointsOf(rig, job)).restored > 0);
  await goesOn();
});

test('the job is stopped with a savepoint, and goes on from it when it is given to the cluster again', async () => {
  const stop = ['apps/streaming/flink/stop-job.sh', 'revenue-per-minute'];
  const env = { PATH: process.env.PATH ?? '', FLINK_URL: rig.services.flink.url };
  const stopped = await run('bash', stop, { env, cwd: root, deadline: 120_000 });
  assert.is(stopped.status, 0, stopped.stderr);
  const savepoint = stopped.stdout.toString().trim().split('/').at(-1) ?? '';
  assert.match(savepoint, /^savepoint-/);
  await until(async () => (await jobsOf(rig))[0]?.state === 'FINISHED', {
    deadline: 60_000,
    what: 'its end',
  });
  const said = await submitJob(rig.trial, { label: 'after-savepoint', edit: quicker });
  assert.match(said, new RegExp(`goes on from \\S+/${savepoint}`));
  job = await running();
  await goesOn();
});

test('the job is cancelled, and goes on from the checkpoint that was kept', async () => {
  const { url } = rig.services.flink;
  await fetch(`${url}/jobs/${job}?mode=cancel`, { method: 'PATCH', signal: AbortSignal.timeout(10_000) });
  const isCanceled = async () =>
    (await jobsOf(rig)).some(({ id, state }) => id === job && state === 'CANCELED');
  await until(isCanceled, { deadline: 60_000, what: 'its end' });
  const said = await submitJob(rig.trial, { label: 'after-cancel', edit: quicker });
  assert.match(said, new RegExp(`goes on from \\S+/${job}/chk-`));
  job = await running();
  await goesOn();
});

test('every minute of every category is there once, as counted elsewhere, for readers of what is committed', async () => {
  over = await feed.end();
  const expected = expectedRevenue(feed.sent, feed.products, over);
  const orders = [...expected.values()].reduce((sum, one) => sum + one.orders, 0);
  await until(async () => (await ordersRead()) >= orders, {
    deadline: 120_000,
    what: `all of ${orders} orders`,
  });
  const { kafka, registry } = rig.services;
  const found = await readCommitted<Sum & { category: string; minute: number }>(
    kafka.address,
    registry.url,
    'revenue-per-minute',
  );
  const rows = found.map(({ value: { category, minute, orders, items, revenue_cents } }) => [
    minuteOf(category, minute),
    { orders, items, revenue_cents },
  ]);
  const sorted = (list: readonly unknown[]) => [...list].sort((a, b) => (String(a) < String(b) ? -1 : 1));
  assert.equal(sorted(rows), sorted([...expected]));
  assert.ok(
    expected.size > 100 && [...expected.keys()].some((key) => key.endsWith('sale')),
    `${expected.size} sums`,
  );
  assert.ok([...expected.keys()].some((key) => key.endsWith('unknown')));
  assert.ok(found.every(({ key, value }) => key === value.category));
  assert.is(await ordersRead(), orders, 'the worker read each once');
  process.stderr.write(`${expected.size} sums of ${orders} orders\n`);
});

test('what was sent too late is in its own topic, once, and in no minute', async () => {
  const { kafka, registry } = rig.services;
  const late = feed.sent.filter(isLate);
  const found = await readCommitted<{ order_id: string; ordered_at: number; sent_at: number }>(
    kafka.address,
    registry.url,
    'late-orders',
  );
  const row = (id: string, ordered: number, sent: number) => `${id} ${ordered} ${sent}`;
  assert.equal(
    found.map(({ value }) => row(value.order_id, value.ordered_at, value.sent_at)).sort(),
    late.map(({ order, sentAt }) => row(order.order_id, order.ordered_at, sentAt)).sort(),
  );
  assert.ok(late.length > 100, `${late.length} late`);
});

test('all that alerts and dashboards ask for is told by what runs, which is well', async () => {
  const producer = await startWorker(rig.trial, { workload: 'Deployment/streaming-producer' });
  await until(async () => ((await metricOf(producer, 'streaming_producer_records_total')) ?? 0) > 0, {
    deadline: 120_000,
    what: 'a transaction of the producer',
  });
  const workers = new Map([
    ['streaming-producer', producer.metrics],
    ['streaming-consumer', consumer.metrics],
  ]);
  await allIsTold({
    trial: rig.trial,
    system: 'streaming',
    pods: podsOf(rig, workers),
    // One ZooKeeper, no cluster around, orders of three hours ago.
    trueHere: new Set([
      'StreamingAlertsBlind',
      'StreamingRevenueStale',
      'ZooKeeperNoLeader',
      'namespace:stale:bool',
    ]),
  });
});

test('the Job does nothing while the job runs', async () => {
  assert.match(await submitJob(rig.trial, { label: 'again', edit: quicker }), `runs already, as ${job}`);
  assert.is(await running(), job);
});

test.run();
