import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
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
      [...env.keys()].filter((name) => !read.has(name)),
      [],
      system.environment,
    );
    assert.is(config.token !== '', system.environment === 'production', 'the world sends with a token only');
  }
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
