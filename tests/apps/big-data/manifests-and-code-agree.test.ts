import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseQuantity, run } from '@plumbline/validators';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { contradiction, gatewaySettings } from '../../../apps/big-data/gateway/settings.ts';
import { readConfig } from '../../../apps/kit/index.ts';
import { podContainer } from '../../../trial/overlay/container.ts';
import { renderSystem, type System, workloadOf } from '../../../trial/overlay/system.ts';
import { root } from '../../house/repository.ts';
import { kustomize } from './gateway-rig.ts';

const environments = ['kind', 'docker-desktop', 'minikube', 'production'];
const systems = await Promise.all(
  environments.map((name) => renderSystem(root, kustomize, name, 'big-data')),
);

const gatewayIn = (system: System) =>
  podContainer(system, workloadOf(system, 'Deployment', 'producer-gateway'), {
    // In production an ExternalSecret brings it.
    unknownValue: 'known-to-the-cluster',
  });
const specIn = (system: System) => {
  const { containers, pod } = workloadOf(system, 'Deployment', 'producer-gateway');
  const found = containers.find(({ role }) => role === 'main');
  if (found === undefined) throw new Error('producer-gateway has no container');
  return { spec: found.spec, pod };
};

test('the gateway starts from the variables that each overlay gives it, all of which it reads', () => {
  const read = new Set(Object.values(gatewaySettings).map(({ name }) => name));
  for (const system of systems) {
    const { env } = gatewayIn(system);
    const config = readConfig(Object.fromEntries(env), gatewaySettings);
    assert.is(contradiction(config), undefined);
    assert.equal(
      [...env.keys()].filter((name) => name !== 'NODE_OPTIONS' && !read.has(name)),
      [],
      system.environment,
    );
    assert.is(config.token !== '', system.environment === 'production', 'the world sends with a token only');
  }
});

const streaming = systems.map((system) => {
  const workload = workloadOf(system, 'Deployment', 'spark-streaming');
  const { spec } = workload.containers.find(({ role }) => role === 'main') ?? {};
  const known = { unknownValue: 'known-to-the-cluster' };
  return { system, workload, spec, container: podContainer(system, workload, known) };
});
const spark = join(root, 'apps/big-data/spark');

test('the Spark job starts from the variables that each overlay gives it, all of which somebody reads', async () => {
  const script = [
    'import json, os, settings',
    'found = settings.read_settings(os.environ)',
    'print(json.dumps([sorted(name for name, _ in settings._NAMES.values()), found.metrics_port, found.stop_seconds]))',
  ].join('\n');
  for (const { system, workload, spec, container } of streaming) {
    const env = {
      PATH: process.env.PATH ?? '',
      PYTHONDONTWRITEBYTECODE: '1',
      ...Object.fromEntries(container.env),
    };
    const ran = await run('python3', ['-c', script], { env, cwd: spark, deadline: 30_000 });
    assert.is(ran.status, 0, ran.stderr);
    const [read, port, seconds] = JSON.parse(ran.stdout.toString()) as [string[], number, number];
    const others = /^(SPARK_|AWS_)/;
    const unread = [...container.env.keys()].filter((name) => !others.test(name) && !read.includes(name));
    assert.equal(unread, [], system.environment);
    assert.is(spec?.ports?.find(({ name }) => name === 'metrics')?.containerPort, port);
    assert.ok(seconds + 20 < (workload.pod.terminationGracePeriodSeconds ?? 30), system.environment);
  }
});

test('the Spark job says every mistake of its environment at once, and ends with 2', async () => {
  const env = {
    PATH: process.env.PATH ?? '',
    PYTHONDONTWRITEBYTECODE: '1',
    CHECKPOINT_LOCATION: '/x',
    TRIGGER_SECONDS: '0',
  };
  const script = [
    'import os, sys, settings',
    'try:',
    '  settings.read_settings(os.environ)',
    'except settings.SettingsError as error:',
    '  sys.exit(str(error))',
  ].join('\n');
  const { stderr } = await run('python3', ['-c', script], { env, cwd: spark, deadline: 30_000 });
  for (const told of [
    'KAFKA_TOPIC is not set',
    "TRIGGER_SECONDS is '0'",
    "CHECKPOINT_LOCATION is '/x': it takes a URI",
  ])
    assert.match(stderr, told);
});

test('the files that the Spark pods run are there, and the schema that is waited for is that of init.cql', async () => {
  for (const { system, workload, container } of streaming) {
    const wait = podContainer(system, workload, { container: 'wait-for-schema', unknownValue: 'known' });
    for (const { command } of [container, wait])
      await access(join(root, command.find((part) => part.endsWith('.py')) ?? 'none'));
  }
  const cql = await readFile(join(root, 'base/big-data/cassandra-init/init.cql'), 'utf8');
  const made = [...cql.matchAll(/CREATE TABLE IF NOT EXISTS storefront\.(\w+)/g)].map(([, name]) => name);
  const script =
    'import json, re; text = open("wait_for_schema.py").read(); print(json.dumps(re.findall(r\'"([a-z_]+)",\', text)))';
  const ran = await run('python3', ['-c', script], {
    env: { PATH: process.env.PATH ?? '' },
    cwd: spark,
    deadline: 30_000,
  });
  assert.equal((JSON.parse(ran.stdout.toString()) as string[]).sort(), made.sort());
});

test("the pipeline's dashboard asks for the queries that there are", async () => {
  const code = await readFile(join(spark, 'settings.py'), 'utf8');
  const names = /"QUERIES", "(.*)"/
    .exec(code)?.[1]
    ?.split(',')
    .map((name) => `'${name}'`)
    .join(', ');
  const dashboard = await readFile(join(root, 'base/big-data/dashboards/pipeline.json'), 'utf8');
  const asked = [...dashboard.matchAll(/query IN \(([^)]*)\)/g)].map(([, list]) => list);
  assert.ok(asked.length > 0);
  for (const list of asked) assert.is(list, names);
});

test('the command names a file that is there', async () => {
  for (const system of systems) {
    const [program, script = ''] = gatewayIn(system).command;
    assert.is(program, 'node');
    await access(join(root, script));
  }
});

test('the ports are those that the code listens on', () => {
  const config = readConfig({ KAFKA_BOOTSTRAP_SERVERS: 'a:1', KAFKA_TOPIC: 't' }, gatewaySettings);
  for (const system of systems) {
    const ports = new Map(specIn(system).spec.ports?.map(({ name, containerPort }) => [name, containerPort]));
    assert.is(`:${ports.get('http')}`, config.httpAddress);
    assert.is(`:${ports.get('metrics')}`, config.metricsAddress);
  }
});

test('the grace between SIGTERM and SIGKILL is longer than all that it may wait for', () => {
  const config = readConfig({ KAFKA_BOOTSTRAP_SERVERS: 'a:1', KAFKA_TOPIC: 't' }, gatewaySettings);
  for (const system of systems) {
    const grace = specIn(system).pod.terminationGracePeriodSeconds ?? 30;
    assert.ok(config.drainSeconds + config.ackSeconds + 10 < grace, system.environment);
  }
});

test('what it may hold is a fraction of the memory that it gets', () => {
  const config = readConfig({ KAFKA_BOOTSTRAP_SERVERS: 'a:1', KAFKA_TOPIC: 't' }, gatewaySettings);
  for (const system of systems) {
    const limit = /^(\d+)Mi$/.exec(String(specIn(system).spec.resources?.limits?.memory))?.[1];
    assert.ok(config.queueBytes * 8 <= Number(limit) * 1024 * 1024, system.environment);
  }
});

test('the objects of the gateway leave a third of its memory to what is beside them', () => {
  for (const system of systems) {
    const heap = /--max-old-space-size=(\d+)/.exec(gatewayIn(system).env.get('NODE_OPTIONS') ?? '')?.[1];
    const young = /--max-semi-space-size=(\d+)/.exec(gatewayIn(system).env.get('NODE_OPTIONS') ?? '')?.[1];
    const limit = parseQuantity(specIn(system).spec.resources?.limits?.memory ?? '') / 2 ** 20;
    assert.ok(Number(heap) + 3 * Number(young) <= (limit * 2) / 3, system.environment);
  }
});

test('a send fits into what the topic takes, and the topic is one that the Job makes', async () => {
  const topics = await readFile(join(root, 'base/big-data/topics/topics.conf'), 'utf8');
  const { KAFKA_TOPIC: topic = '' } = Object.fromEntries(gatewayIn(systems[0] as System).env);
  const [, settings = ''] = new RegExp(`^${topic} \\d+ (.*)$`, 'm').exec(topics) ?? [];
  const largest = Number(/max\.message\.bytes=(\d+)/.exec(settings)?.[1]);
  const run = await readFile(join(root, 'apps/big-data/gateway/run.ts'), 'utf8');
  const sendBytes = Number(/sendBytes = (\d+) \* 1024/.exec(run)?.[1]) * 1024;
  assert.ok(sendBytes < largest, `${sendBytes} and ${largest}`);
});

test('settings that contradict each other are told', () => {
  const config = readConfig({ KAFKA_BOOTSTRAP_SERVERS: 'a:1', KAFKA_TOPIC: 't' }, gatewaySettings);
  assert.match(contradiction({ ...config, bodyBytes: config.queueBytes + 1 }) ?? '', 'raise QUEUE_BYTES');
  assert.match(contradiction({ ...config, batchEvents: config.queueEvents + 1 }) ?? '', 'raise QUEUE_EVENTS');
});

test.run();
