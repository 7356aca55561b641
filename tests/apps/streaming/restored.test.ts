import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '@plumbline/validators';
import * as assert from 'uvu/assert';
import { forgetFlink } from '../../../deploy/index.ts';
import { jars } from '../../../trial/downloads/jars.ts';
import { renderSystem } from '../../../trial/overlay/system.ts';
import { finished } from '../../../trial/process/start.ts';
import { flinkState } from '../../../trial/services/flink.ts';
import { type ObjectStorage, startObjectStorage } from '../../../trial/services/object-storage.ts';
import { submitJob } from '../../../trial/streaming.ts';
import { openTrial, type Trial } from '../../../trial/trial.ts';
import { until } from '../../../trial/until.ts';
import { startWorker } from '../../../trial/worker.ts';
import { suite } from '../../harness/suite.ts';
import { root } from '../../house/repository.ts';
import { readCommitted } from './committed.ts';
import { expectedRevenue, isLate, minuteOf, type Sum } from './expected-revenue.ts';
import { type Feed, startFeed } from './feed.ts';
import { checkpointsOf, jobsOf, kustomize, openRig, quicker, type Rig } from './rig.ts';

const test = suite('streaming is restored');
const standIns = join(root, 'trial', 'stand-ins', 'kafka');
let rig: Rig;
/** Production's own objects, beside the services of kind's. */
let production: Trial;
let objects: ObjectStorage;
let first: Feed;
let second: Feed;
/** What was acknowledged when the brokers' volume was cut, and when. */
let cut: { readonly orders: number; readonly products: number; readonly at: string };

const volume = (pod: string, name: string) => join(rig.trial.folder, pod, name);
const broker = () => volume('kafka-0', 'kafka-pvc');
const ensemble = () => volume('zookeeper-0', 'zookeeper-pvc');
const snapshot = () => join(rig.trial.folder, 'kafka-snapshot');

interface Revenue extends Sum {
  readonly category: string;
  readonly minute: number;
}

const read = <Value>(topic: string) =>
  readCommitted<Value>(rig.services.kafka.address, rig.services.registry.url, topic);

/** What is committed, once there are so many different ones: on a busy machine a reader may find nothing in its time. */
async function readUntil<Value>(
  topic: string,
  keyOf: (value: Value) => string,
  count: number,
): Promise<Awaited<ReturnType<typeof read<Value>>>> {
  let found: Awaited<ReturnType<typeof read<Value>>> = [];
  await until(
    async () => {
      found = await read<Value>(topic);
      return new Set(found.map(({ value }) => keyOf(value))).size >= count;
    },
    { deadline: 300_000, what: `${count} records of ${topic}` },
  );
  return found;
}

/** Runs the container of a CronJob as production renders it; a restore is the same container with another command. */
async function runBackup(
  name: 'backup-flink' | 'backup-zookeeper',
  options: {
    readonly env?: Readonly<Record<string, string>>;
    readonly script?: string;
    readonly label?: string;
  } = {},
): Promise<string> {
  const { env, script, label } = options;
  const worker = await startWorker(production, {
    workload: `CronJob/${name}`,
    // What an ExternalSecret brings; those that matter are replaced.
    unknownValue: 'known-to-the-cluster',
    folders: { state: flinkState(rig.trial), zookeeper: ensemble() },
    env: { OBJECTS_ENDPOINT: objects.endpoint, ...objects.credentials, ...env },
    ...(script === undefined ? {} : { command: () => ['node', `apps/streaming/${script}.ts`] }),
    ...(label === undefined ? {} : { label }),
  });
  await finished(worker, 300_000);
  return worker.log();
}

/** Waits until Flink has committed results of several more minutes of the shop: it has twenty of them in one of ours. */
async function moreRevenue(): Promise<void> {
  const [job] = (await jobsOf(rig)).filter(({ state }) => state === 'RUNNING');
  const completed = async () => (await checkpointsOf(rig, job?.id ?? '')).completed;
  const before = await completed();
  await until(async () => (await completed()) >= before + 6, {
    deadline: 300_000,
    what: 'six checkpoints more',
    every: 500,
  });
}

test.before(async () => {
  rig = await openRig();
  production = await openTrial(await renderSystem(root, kustomize, 'production', 'streaming'), {
    say: rig.trial.say,
  });
  for (const [name, address] of rig.trial.addresses) production.addresses.set(name, address);
  objects = await startObjectStorage(production, 'plumbline-streaming');
  const begin = Math.floor(Date.now() / 60_000) * 60_000 - 4 * 3_600_000;
  first = await startFeed(rig, begin, 7);
});
test.after(async () => {
  await production?.close();
  await rig?.close();
});

test('a savepoint of the running job is copied, with its checksums, and no longer on the claim', async () => {
  assert.match(await submitJob(rig.trial, { edit: quicker }), 'begins with nothing');
  await moreRevenue();
  await runBackup('backup-flink');
  first.check();
  const [name = ''] = await readdir(join(objects.objects, 'flink'));
  const manifest = JSON.parse(await readFile(join(objects.objects, 'flink', name, 'manifest.json'), 'utf8'));
  assert.match(manifest.facts.savepoint, /^savepoint-/);
  assert.ok(manifest.files.some(({ path }: { path: string }) => path === '_metadata'));
  assert.equal(await readdir(join(flinkState(rig.trial), 'backups')), []);
  assert.is((await jobsOf(rig))[0]?.state, 'RUNNING');
});

test("the brokers' volume is cut while all goes on, then the ensemble is copied", async () => {
  // Results that the savepoint does not know of, and the volume does.
  await moreRevenue();
  const { kafka } = rig.services;
  // All of a volume at one moment, as a disk's snapshot has it; no broker was told of it.
  kafka.broker().signal('SIGSTOP');
  cut = { orders: first.sent.length, products: first.products.length, at: new Date().toISOString() };
  await copy(broker(), snapshot());
  kafka.broker().signal('SIGCONT');
  await runBackup('backup-zookeeper');
  await runBackup('backup-flink', { label: 'too-late' });
  first.check();
});

test('all data are destroyed, and restored', async () => {
  const { kafka, flink, registry } = rig.services;
  await first.stop();
  const processes = [
    ...flink.taskManagers(),
    flink.jobManager(),
    registry.server(),
    kafka.broker(),
    ...kafka.zookeeper.members.values(),
  ];
  for (const one of processes) one.signal('SIGKILL');
  for (const one of processes) await one.ended;
  for (const folder of [broker(), ensemble(), flinkState(rig.trial)]) {
    await rm(folder, { recursive: true });
    await mkdir(folder);
  }
  await copy(snapshot(), broker());
  await runBackup('backup-zookeeper', { script: 'restore-zookeeper', label: 'restore' });
  await kafka.zookeeper.start();
  await runInEnsemble(forgetFlink);
  await kafka.startBroker();
  await registry.start();
  const said = await runBackup('backup-flink', {
    script: 'restore-flink',
    label: 'restore',
    env: { RESTORE_BEFORE: cut.at },
  });
  assert.match(said, 'is later than the volumes');
  await flink.startJobManager();
  await flink.startTaskManager(0);
  await flink.ready(1);
  assert.match(
    await submitJob(rig.trial, { label: 'restored', edit: quicker }),
    /goes on from \S+\/savepoint-/,
  );
});

test('a restore does nothing while Flink runs', async () => {
  const refused = runBackup('backup-flink', { script: 'restore-flink', label: 'refused' });
  await refused.then(
    () => assert.unreachable(),
    (error) => assert.match(String(error), 'stop it first'),
  );
});

test('what was acknowledged before the cut is there, in order, and nothing else', async () => {
  const found = await readUntil<{ order_id: string }>('orders', ({ order_id }) => order_id, cut.orders);
  const ids = new Set(found.map(({ value }) => value.order_id));
  const sent = first.sent.map(({ order }) => order.order_id);
  assert.is(ids.size, found.length, 'none is there twice');
  assert.ok(
    ids.size >= cut.orders && ids.size < sent.length,
    `${ids.size} of ${cut.orders}, then ${sent.length}`,
  );
  assert.ok(
    sent.slice(0, ids.size).every((id) => ids.has(id)),
    'the first so many',
  );
  first.sent.length = ids.size;
});

test('it goes on, and every minute of every category is as counted elsewhere; what is repeated says the same', async () => {
  const last = Math.max(...first.sent.map(({ sentAt }) => sentAt));
  // Products are told between batches of orders, of which the cut may have the first part.
  const versionOf = (one: { readonly product_id: string; readonly updated_at: number }) =>
    `${one.product_id} ${one.updated_at}`;
  const announced = await readUntil('products', versionOf, cut.products);
  const known = new Set(announced.map(({ value }) => versionOf(value)));
  const products = first.products.filter((one) => known.has(versionOf(one)));
  assert.ok(products.length >= cut.products);
  second = await startFeed(rig, Math.ceil(last / 60_000) * 60_000 + 120_000, 8);
  await moreRevenue();
  const over = await second.end();
  const sent = [...first.sent, ...second.sent];
  const expected = expectedRevenue(sent, [...products, ...second.products], over);
  const keyOf = ({ category, minute }: Revenue) => minuteOf(category, minute);
  const found = await readUntil('revenue-per-minute', keyOf, expected.size);
  const sums = new Map<string, Sum>();
  for (const { value } of found) {
    const { orders, items, revenue_cents } = value;
    const sum = { orders, items, revenue_cents };
    assert.equal(sums.get(keyOf(value)) ?? sum, sum, `${keyOf(value)} is the same each time`);
    sums.set(keyOf(value), sum);
  }
  const sorted = (list: Iterable<unknown>) => [...list].sort((a, b) => (String(a) < String(b) ? -1 : 1));
  assert.equal(sorted(sums), sorted(expected));
  const repeated = found.length - sums.size;
  assert.ok(repeated > 0, 'results between savepoint and cut are told again');
  const wasLate = sent.filter(isLate).map(({ order }) => order.order_id);
  const late = await readUntil<{ order_id: string }>(
    'late-orders',
    ({ order_id }) => order_id,
    wasLate.length,
  );
  assert.equal(sorted(new Set(late.map(({ value }) => value.order_id))), sorted(wasLate));
  process.stderr.write(`${sums.size} sums of ${sent.length} orders, ${repeated} of them told twice\n`);
});

test('an object that is not what was backed up is refused', async () => {
  const folder = join(objects.objects, 'zookeeper');
  const [name = ''] = await readdir(folder);
  const [part = ''] = await readdir(join(folder, name, 'files'));
  await writeFile(join(folder, name, 'files', part), 'something else');
  await runBackup('backup-zookeeper', { script: 'restore-zookeeper', label: 'spoilt' }).then(
    () => assert.unreachable(),
    (error) => assert.match(String(error), 'its checksum is another'),
  );
});

/** With the holes of Kafka's indexes, which are long and nearly empty. */
async function copy(from: string, to: string): Promise<void> {
  await rm(to, { recursive: true, force: true });
  const copied = await run('cp', ['-a', from, to], { deadline: 120_000 });
  assert.is(copied.status, 0, copied.stderr);
}

/** What `npm run restore` runs in a pod of the ensemble. */
async function runInEnsemble(script: string): Promise<void> {
  const address = rig.trial.addresses.get('zookeeper:2181') ?? '';
  const env = { PATH: `${standIns}:${process.env.PATH}`, JARS: await jars('kafka-3.9.1', () => {}) };
  const done = await run('bash', ['-c', script.replace('localhost:2181', address)], {
    env,
    deadline: 120_000,
  });
  assert.is(done.status, 0, `${done.stdout}${done.stderr}`);
}

test.run();
