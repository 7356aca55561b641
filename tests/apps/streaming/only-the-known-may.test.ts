import { X509Certificate } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { Admin, ConfigResourceTypes, ConfigSources } from '@platformatic/kafka';
import avro from 'avsc';
import * as assert from 'uvu/assert';
import { seeded } from '../../../apps/kit/index.ts';
import {
  connectAdministrator,
  connectTransactions,
  joinGroup,
  openReader,
} from '../../../apps/kit/kafka/index.ts';
import { newest } from '../../../apps/streaming/avro/schemas.ts';
import type { Revenue } from '../../../apps/streaming/consumer/consume.ts';
import { connectRegistry, framer } from '../../../apps/streaming/registry/index.ts';
import { openShop } from '../../../apps/streaming/shop/shop.ts';
import { podContainer } from '../../../trial/overlay/container.ts';
import { workloadOf } from '../../../trial/overlay/system.ts';
import { finished } from '../../../trial/process/start.ts';
import { startFlink } from '../../../trial/services/flink.ts';
import { type SchemaRegistry, startSchemaRegistry } from '../../../trial/services/schema-registry.ts';
import { submitJob } from '../../../trial/streaming.ts';
import { until } from '../../../trial/until.ts';
import { startWorker } from '../../../trial/worker.ts';
import { suite } from '../../harness/suite.ts';
import { metricOf } from '../metric-of.ts';
import { encoders } from './rig.ts';
import { openSecured, type Secured } from './secured.ts';

const test = suite('only the known may');
let secured: Secured;
let caFile: string;
let registry: SchemaRegistry;

test.before(async () => {
  secured = await openSecured();
  caFile = join(secured.trial.folder, 'ca.crt');
  await writeFile(caFile, secured.issued.secret('kafka-tls', 'ca.crt'));
});
test.after(() => secured?.close());

interface Who {
  readonly user?: string;
  readonly password?: string;
  /** Key and certificate of an administrator. */
  readonly certificate?: string;
  /** False for one who speaks plainly. */
  readonly tls?: boolean;
  readonly listener?: string;
}

function adminOf({ user, password, certificate, tls = true, listener = 'INTERNAL' }: Who): Admin {
  const { issued, kafka } = secured;
  const own = certificate === undefined ? {} : { cert: certificate, key: certificate };
  const passwordOf = (name: string) => password ?? issued.secret('kafka-users', name);
  const admin = new Admin({
    clientId: 'test',
    bootstrapBrokers: [kafka.listeners.get(listener) ?? ''],
    ...{ timeout: 20_000, connectTimeout: 20_000, requestTimeout: 20_000, retries: 0 },
    ...(tls ? { tls: { ca: issued.secret('kafka-tls', 'ca.crt'), ...own } } : {}),
    ...(user === undefined
      ? {}
      : { sasl: { mechanism: 'SCRAM-SHA-512' as const, username: user, password: passwordOf(user) } }),
  });
  admin.on('error', () => {});
  return admin;
}

/** Every message of an error and of those that caused it. */
function words(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const inner = [error.cause, ...(error instanceof AggregateError ? error.errors : [])];
  const id = 'apiId' in error ? ` ${error.apiId}` : '';
  return [`${error.message}${id}`, ...inner.filter((one) => one !== undefined).map(words)].join('; ');
}

/** What the broker says to someone: the topics that they may know of, or the refusal. */
async function ask(who: Who): Promise<string> {
  const admin = adminOf(who);
  try {
    return (await admin.listTopics()).sort().join();
  } catch (error) {
    return words(error);
  } finally {
    await admin.close().catch(() => {});
  }
}

const own = ['dead-letter', 'late-orders', 'orders', 'products', 'revenue-per-minute'].join();

test('whoever speaks plainly, says not who they are, or has not the password, is told nothing on either listener', async () => {
  for (const listener of ['INTERNAL', 'EXTERNAL']) {
    assert.match(await ask({ listener, tls: false }), /requires TLS|closed/i);
    assert.match(await ask({ listener, tls: false, user: 'flink' }), /closed/);
    assert.match(await ask({ listener }), /closed/);
    assert.match(await ask({ listener, user: 'flink', password: 'guessed' }), /SASL_AUTHENTICATION_FAILED/);
    assert.match(await ask({ listener, user: 'nobody', password: '' }), /closed|FAILED|required/);
    // An administrator's certificate is no password.
    const certificate = secured.issued.secret('kafka-admin-tls', 'tls-combined.pem');
    assert.match(await ask({ listener, certificate }), /closed/);
    assert.is(await ask({ listener, user: 'flink' }), own);
  }
});

/** How the brokers' own listener takes someone: `secure`, or the alert. */
function shakeHands(certificate?: string): Promise<string> {
  const [host, port] = (secured.kafka.listeners.get('BROKERS') ?? '').split(':');
  const ca = secured.issued.secret('kafka-tls', 'ca.crt');
  const identity = certificate === undefined ? {} : { cert: certificate, key: certificate };
  return new Promise((resolve) => {
    const socket = connectTls({ host, port: Number(port), ca, ...identity });
    const end = (answer: string) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(20_000, () => end('no answer'));
    socket.on('error', ({ message }) => end(message));
    socket.on('close', () => end('closed'));
    // ApiVersions of version 0: the refusal of a certificate comes behind the handshake.
    socket.on('secureConnect', () => socket.write(Buffer.from('0000000a00120000000000010000', 'hex')));
    socket.on('data', () => end('secure'));
  });
}

test('the listener of the brokers takes certificates of their own authority alone', async () => {
  const { issued } = secured;
  assert.match(await ask({ listener: 'BROKERS', tls: false }), /requires TLS|closed/i);
  assert.match(await shakeHands(), /certificate.required|bad.certificate|closed/i);
  // Of a name that rules, from another authority: it signed itself.
  const stranger = await issued.selfSigned('kafka-admin');
  assert.match(await shakeHands(stranger), /unknown|bad.certificate|closed/i);
  assert.is(await shakeHands(issued.secret('kafka-admin-tls', 'tls-combined.pem')), 'secure');
  for (const name of ['kafka-admin-tls', 'kafka-tls']) {
    const certificate = issued.secret(name, 'tls-combined.pem');
    assert.ok((await ask({ listener: 'BROKERS', certificate })).includes(own), name);
  }
});

const configOf = (user: string) => ({
  brokers: [secured.kafka.address],
  caFile,
  username: user,
  password: secured.issued.secret('kafka-users', user),
});

/** What comes of a user's write to a topic in a transaction. */
async function write(user: string, topic: string, transactionalId: string): Promise<string> {
  const producer = connectTransactions(configOf(user), transactionalId);
  try {
    await producer.write([{ topic, key: Buffer.from('key'), value: Buffer.from('value') }]);
    return 'written';
  } catch (error) {
    return words(error);
  } finally {
    await producer.close();
  }
}

/** What comes of a user's reading of a topic, or of a group's membership. */
async function read(user: string, topic: string, group: string, join: boolean): Promise<string> {
  const options = { ...configOf(user), topic, group, clientId: 'test', sessionSeconds: 10, onChange() {} };
  try {
    const member = await joinGroup(options);
    try {
      const limits = { maxBytes: 1 << 20, partitionBytes: 1 << 20, minBytes: 1, waitMilliseconds: 100 };
      const reader = openReader(member.client, { topic, ...limits });
      await reader.fetch(new Map([[0, 0n]]), await reader.topicId(), true);
      return join ? 'joined' : 'read';
    } finally {
      await member.close();
    }
  } catch (error) {
    return words(error);
  }
}

test('a user writes where the table says, and nowhere else', async () => {
  // The first transaction of all waits for the topic of their states.
  const first = async () => (await write('flink', 'late-orders', 'flink-late-orders-0-1')) === 'written';
  await until(first, { deadline: 120_000, what: 'the first transaction' });
  assert.is(await write('streaming-producer', 'late-orders', 'streaming-producer-9').then(refusal), 'TOPIC');
  assert.is(await write('streaming-consumer', 'orders', 'streaming-consumer-9').then(refusal), 'TOPIC');
  assert.is(await write('flink', 'orders', 'flink-revenue-per-minute-0-1').then(refusal), 'TOPIC');
  assert.is(await write('schema-registry', 'orders', 'registry').then(refusal), 'TRANSACTIONAL_ID');
  assert.is(await write('streaming-consumer', 'dead-letter', 'streaming-consumer-9'), 'written');
  assert.is(await write('flink', 'late-orders', 'flink-late-orders-0-1'), 'written');
});

test("nobody takes another's transactions over: a transaction that is fenced off would be lost", async () => {
  const [producer, flink] = ['streaming-producer-0', 'flink-revenue-per-minute-0-1'];
  assert.is(await write('streaming-consumer', 'dead-letter', producer).then(refusal), 'TRANSACTIONAL_ID');
  assert.is(await write('streaming-producer', 'orders', flink).then(refusal), 'TRANSACTIONAL_ID');
  assert.is(await write('flink', 'late-orders', 'streaming-consumer-0').then(refusal), 'TRANSACTIONAL_ID');
});

test("a user reads its topics in its own group; of another's group it learns nothing", async () => {
  // The first group of all waits for the topic of their offsets.
  const [topic, group] = ['revenue-per-minute', 'streaming-consumer'] as const;
  const first = async () => (await read('streaming-consumer', topic, group, true)) === 'joined';
  await until(first, { deadline: 120_000, what: 'the first group' });
  assert.is(
    await read('streaming-consumer', 'revenue-per-minute', 'flink-revenue-per-minute', true).then(refusal),
    'GROUP',
  );
  assert.is(await read('flink', 'orders', 'streaming-consumer', true).then(refusal), 'GROUP');
  assert.is(await read('streaming-consumer', 'orders', 'streaming-consumer', false).then(refusal), 'TOPIC');
  assert.is(await read('streaming-consumer', 'revenue-per-minute', 'streaming-consumer', false), 'read');
});

test('nobody with a password makes topics of ours, users, or rights', async () => {
  for (const user of ['streaming-producer', 'streaming-consumer', 'flink', 'schema-registry']) {
    const admin = adminOf({ user });
    const refused = async (work: Promise<unknown>) => refusal(await work.then(() => 'done', words));
    assert.match(
      await refused(admin.createTopics({ topics: ['more'], partitions: 1, replicas: 1 })),
      /TOPIC|CLUSTER/,
    );
    assert.match(await refused(admin.deleteTopics({ topics: ['orders'] })), /TOPIC/);
    const mine = { resourceType: 2, resourceName: 'orders', resourcePatternType: 3 } as const;
    const all = { principal: `User:${user}`, host: '*', operation: 2, permissionType: 3 } as const;
    assert.is(await refused(admin.createAcls({ creations: [{ ...mine, ...all }] })), 'CLUSTER');
    await admin.close();
  }
});

/** Of a refusal for lack of a right: a right to what. */
function refusal(said: string): string {
  return /(TOPIC|GROUP|TRANSACTIONAL_ID|CLUSTER)_AUTHORIZATION_FAILED/.exec(said)?.[1] ?? said;
}

/** Who administers the brokers, by the files that kafka-access has. */
function ruler() {
  const certificateFile = join(secured.trial.folder, 'kafka-access-0', '_etc_kafka-tls', 'tls-combined.pem');
  return { brokers: [secured.kafka.listeners.get('BROKERS') ?? ''], caFile, certificateFile };
}

test('the Job of users and rights changes nothing when it runs again, and takes away what is not in its table', async () => {
  const run = async (label: string) => {
    const job = await startWorker(secured.trial, { workload: 'Job/kafka-access', label });
    await finished(job, 120_000);
    return job.log();
  };
  assert.match(await run('again'), /"dropped":\[\],"added":0,"removed":0/);
  const admin = adminOf({
    listener: 'BROKERS',
    certificate: secured.issued.secret('kafka-admin-tls', 'tls-combined.pem'),
  });
  const late = { resourceType: 2, resourceName: 'late-orders', resourcePatternType: 3 } as const;
  const anyone = { principal: 'User:*', host: '*', operation: 2, permissionType: 3 } as const;
  await admin.createAcls({ creations: [{ ...late, ...anyone }] });
  await admin.close();
  const administrator = connectAdministrator(ruler(), 'test');
  const users = ['streaming-producer', 'streaming-consumer', 'flink', 'schema-registry'];
  const passwords = users.map((user) => [user, secured.issued.secret('kafka-users', user)] as const);
  await administrator.setPasswords(new Map([...passwords, ['mallory', 'known']]));
  await administrator.close();
  // Brokers hear of users and rights a moment later.
  const mallory = { user: 'mallory', password: 'known' };
  const heard = (what: string, look: () => Promise<boolean>) => until(look, { deadline: 60_000, what });
  await heard('a user that is not in the table', async () => (await ask(mallory)) === 'late-orders');
  const intrude = () => write('streaming-consumer', 'late-orders', 'streaming-consumer-9');
  await heard('a right that is not in the table', async () => (await intrude()) === 'written');
  assert.match(await run('after'), /"dropped":\["mallory"\],"added":0,"removed":1/);
  await heard('the user gone', async () => (await ask(mallory)).includes('SASL_AUTHENTICATION_FAILED'));
  await heard('the right gone', async () => refusal(await intrude()) === 'TOPIC');
});

test('registry, producer and consumer of the overlay do their work, by their own names', async () => {
  const { trial } = secured;
  registry = await startSchemaRegistry(trial);
  const registryLog = registry.server().log();
  assert.match(registryLog, /ssl\.endpoint\.identification\.algorithm = https/);
  assert.not.match(registryLog, /ssl\.endpoint\.identification\.algorithm = *$/m);
  await finished(await startWorker(trial, { workload: 'Job/register-schemas' }), 120_000);
  for (const workload of [
    'Deployment/streaming-producer',
    'Deployment/streaming-consumer',
    'Job/revenue-job',
  ]) {
    const wait = await startWorker(trial, { workload, container: 'wait-for-schema' });
    await finished(wait, 120_000);
  }
  const producer = await startWorker(trial, { workload: 'Deployment/streaming-producer' });
  const done = { deadline: 120_000, what: 'orders that are committed' };
  await until(
    async () => ((await metricOf(producer, 'streaming_producer_orders_made_total')) ?? 0) > 100,
    done,
  );
  assert.is((await producer.stop(60_000)).status, 0);
  const { text } = newest('revenue');
  const schemas = connectRegistry({ url: registry.url });
  const id = await schemas.register('revenue-per-minute-value', text);
  const encode = framer<Revenue>(avro.Type.forSchema(JSON.parse(text)), id);
  const flink = connectTransactions(configOf('flink'), 'flink-revenue-per-minute-0-2');
  const sum = { category: 'toys', minute: 0, orders: 3, items: 4, revenue_cents: 5 };
  await flink.write([{ topic: 'revenue-per-minute', key: Buffer.from('toys'), value: encode(sum) }]);
  await flink.close();
  const consumer = await startWorker(trial, { workload: 'Deployment/streaming-consumer' });
  const counted = async () => (await metricOf(consumer, 'streaming_consumer_orders_total')) === 3;
  await until(counted, { deadline: 120_000, what: 'the sum' });
  assert.is((await consumer.stop(60_000)).status, 0);
});

/** The keys of what is committed in late-orders, as an administrator reads it. */
async function lateOrders(): Promise<string[]> {
  const topic = 'late-orders';
  const options = { ...ruler(), topic, group: 'test', clientId: 'test' };
  const member = await joinGroup({ ...options, sessionSeconds: 10, onChange() {} });
  try {
    const limits = { maxBytes: 1 << 24, partitionBytes: 1 << 22, minBytes: 1, waitMilliseconds: 100 };
    const reader = openReader(member.client, { topic, ...limits });
    const start = new Map([0, 1, 2].map((partition) => [partition, 0n]));
    const chunks = await reader.fetch(start, await reader.topicId(), true);
    return chunks.flatMap(({ records }) => records.map(({ key }) => String(key)));
  } finally {
    await member.close();
  }
}

test('the job of Flink reads and writes by its own name, and its text and its environment hold no password', async () => {
  const { trial, issued } = secured;
  const settings = { 'taskmanager.memory.process.size': '1024m', 'jobmanager.memory.process.size': '640m' };
  await startFlink(trial, { taskManagers: 1, settings });
  // Here a pod's file is in a folder of its own.
  const ca = join(trial.folder, 'flink-taskmanager-0', '_etc_kafka-ca', 'ca.crt');
  const given: string[] = [];
  const edit = (sql: string) => {
    given.push(sql);
    return sql.replaceAll('/etc/kafka-ca/ca.crt', ca);
  };
  // One TaskManager has four slots.
  await submitJob(trial, { env: { PARALLELISM: '2' }, edit });
  const password = issued.secret('kafka-users', 'flink');
  assert.ok(given.length > 0 && !given.some((text) => text.includes(password)));
  for (const name of ['jobmanager', 'taskmanager']) {
    const { env } = podContainer(trial.system, workloadOf(trial.system, 'Deployment', `flink-${name}`));
    assert.not.ok(
      [...env.values()].some((value) => value.includes(password)),
      name,
    );
  }
  const encode = await encoders(registry.url);
  const [placed, key] = [Date.now() - 60_000, 'placed-a-minute-ago'];
  const order = openShop(1).order(seeded(1), key, placed);
  const producer = connectTransactions(configOf('streaming-producer'), 'streaming-producer-9');
  await producer.write([{ topic: 'orders', key: Buffer.from(key), value: encode.order(order) }]);
  await producer.close();
  const found = async () => (await lateOrders()).includes(key);
  await until(found, { deadline: 240_000, what: 'the late order, committed by Flink', every: 1000 });
});

/** The certificate that a listener shows. */
function shown(listener: string): Promise<string> {
  const [host, port] = (secured.kafka.listeners.get(listener) ?? '').split(':');
  const ca = secured.issued.secret('kafka-tls', 'ca.crt');
  return new Promise((resolve, reject) => {
    const socket = connectTls({ host, port: Number(port), ca }, () => {
      resolve(socket.getPeerX509Certificate()?.fingerprint256 ?? '');
      socket.destroy();
    });
    socket.setTimeout(20_000, () => socket.destroy(new Error(`${listener} does not answer`)));
    socket.on('error', reject);
  });
}

test('a renewed certificate is shown by every listener of the broker that runs, once it is told', async () => {
  const { trial, kafka, issued } = secured;
  const listeners = [...kafka.listeners.keys()];
  const before = new X509Certificate(issued.secret('kafka-tls', 'tls.crt')).fingerprint256;
  for (const [key, text] of await issued.renew('kafka-tls')) {
    await writeFile(join(trial.folder, 'kafka-0', '_etc_kafka-tls', key), text);
  }
  for (const listener of listeners) assert.is(await shown(listener), before, listener);
  await finished(await startWorker(trial, { workload: 'CronJob/kafka-certificates' }), 120_000);
  for (const listener of listeners) assert.is.not(await shown(listener), before, listener);
  assert.is(kafka.broker().state(), undefined);
  // Nothing of it stays in ZooKeeper, where it would win over the manifest.
  const admin = adminOf({
    listener: 'BROKERS',
    certificate: issued.secret('kafka-admin-tls', 'tls-combined.pem'),
  });
  const [described] = await admin.describeConfigs({
    resources: [{ resourceType: ConfigResourceTypes.BROKER, resourceName: '0' }],
  });
  await admin.close();
  const kept = described?.configs.filter(
    ({ configSource }) => configSource === ConfigSources.DYNAMIC_BROKER_CONFIG,
  );
  assert.equal(kept, []);
  assert.is(await ask({ user: 'flink' }), own);
  assert.is(await write('flink', 'late-orders', 'flink-late-orders-0-1'), 'written');
});

test.run();
