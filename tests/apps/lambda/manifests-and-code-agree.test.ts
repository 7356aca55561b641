import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createRegistry, readConfig, type Setting, text } from '../../../apps/kit/index.ts';
import { postgresSettings } from '../../../apps/kit/postgres/index.ts';
import { consumerMetrics } from '../../../apps/lambda/consumer/metrics.ts';
import { consumerSettings } from '../../../apps/lambda/consumer/settings.ts';
import { producerMetrics } from '../../../apps/lambda/producer/metrics.ts';
import { producerSettings } from '../../../apps/lambda/producer/settings.ts';
import { columns } from '../../../apps/lambda/transaction/row.ts';
import { servingSettings, workerSettings } from '../../../apps/lambda/worker-settings.ts';
import { podContainer } from '../../../trial/overlay/container.ts';
import { renderSystem, type System, workloadOf } from '../../../trial/overlay/system.ts';
import { root } from '../../house/repository.ts';
import { kustomize } from './platform.ts';

const environments = ['kind', 'docker-desktop', 'minikube'];
const systems = await Promise.all(environments.map((name) => renderSystem(root, kustomize, name, 'lambda')));

type Settings = Readonly<Record<string, Setting<unknown>>>;
const inbox = text('INBOX_PATH', 'the folder of the CSV files');
/** Every container that runs our code, and what that code reads. */
const workers: readonly (readonly [string, string, string | undefined, Settings])[] = [
  ['Deployment', 'lambda-producer-stream', undefined, producerSettings],
  ['Deployment', 'lambda-consumer', undefined, consumerSettings],
  ['Deployment', 'lambda-consumer', 'wait-for-schema', { ...workerSettings, ...postgresSettings }],
  ['CronJob', 'csv-batch-cron', undefined, { ...workerSettings, ...postgresSettings, inbox }],
  ['CronJob', 'csv-batch-cron', 'wait-for-schema', { ...workerSettings, ...postgresSettings }],
  ['Job', 'db-setup-job', undefined, { ...workerSettings, ...postgresSettings }],
];

const containerIn = (system: System, kind: string, name: string, container: string | undefined) =>
  podContainer(system, workloadOf(system, kind, name), container === undefined ? {} : { container });

test('each worker starts from the variables that the overlay gives it, all of which are right', () => {
  for (const system of systems) {
    for (const [kind, name, container, settings] of workers) {
      readConfig(Object.fromEntries(containerIn(system, kind, name, container).env), settings);
    }
  }
});

test('each variable that an overlay gives is read by a worker, or by Node itself', () => {
  const read = new Set(
    [...workers.map(([, , , settings]) => settings), servingSettings].flatMap((settings) =>
      Object.values(settings).map(({ name }) => name),
    ),
  );
  read.add('NODE_OPTIONS');
  for (const system of systems) {
    for (const [kind, name, container] of workers) {
      const given = [...containerIn(system, kind, name, container).env.keys()];
      assert.equal(
        given.filter((variable) => !read.has(variable)),
        [],
        `${kind}/${name}`,
      );
    }
  }
});

test('each command names a file that is there', async () => {
  for (const system of systems) {
    for (const [kind, name, container] of workers) {
      const [program, script = ''] = containerIn(system, kind, name, container).command;
      assert.is(program, 'node');
      await access(join(root, script));
    }
  }
});

test('the port of the probes and metrics is the one that the code listens on', () => {
  for (const system of systems) {
    for (const name of ['lambda-producer-stream', 'lambda-consumer']) {
      const spec = workloadOf(system, 'Deployment', name).containers.find(
        ({ role }) => role === 'main',
      )?.spec;
      const port = spec?.ports?.find((one) => one.name === 'metrics')?.containerPort;
      assert.is(servingSettings.metricsAddress.fallback, `:${port}`);
      const probes = { livenessProbe: '/livez', startupProbe: '/livez', readinessProbe: '/readyz' } as const;
      for (const [probe, path] of Object.entries(probes)) {
        const http = spec?.[probe as keyof typeof probes]?.httpGet;
        assert.equal([http?.path, http?.port], [path, 'metrics'], `${name} ${probe}`);
      }
    }
  }
});

test('the topic of the workers is one that kafka-topics makes, with room for every consumer', () => {
  for (const system of systems) {
    const [topics] = system.model.configurations.filter(({ name }) => name === 'kafka-topics');
    const lines = (topics?.values.get('topics.txt') ?? '').split('\n').filter((line) => /^\w/.test(line));
    const made = new Map(
      lines.map((line) => line.split(/\s+/)).map(([name = '', count]) => [name, Number(count)]),
    );
    const consumer = workloadOf(system, 'Deployment', 'lambda-consumer');
    const { env } = podContainer(system, consumer);
    assert.is(env.get('KAFKA_GROUP'), 'lambda-consumer');
    assert.ok((made.get(env.get('KAFKA_TOPIC') ?? '') ?? 0) >= consumer.replicas.max);
  }
});

test('the grace of the pods is longer than the one in which a worker ends itself', async () => {
  const source = await readFile(join(root, 'apps/kit/run-worker.ts'), 'utf8');
  const grace = Number(/graceMilliseconds = ([\d_]+)/.exec(source)?.[1]?.replaceAll('_', ''));
  for (const system of systems) {
    for (const [kind, name] of workers) {
      const seconds = workloadOf(system, kind, name).pod.terminationGracePeriodSeconds ?? 30;
      if (kind !== 'Job') assert.ok(seconds * 1000 > grace, `${kind}/${name}`);
    }
  }
});

test('the sample file has the columns of the code', async () => {
  const file = 'base/components/sample-data/lambda/transactions-sample.csv';
  const [header] = (await readFile(join(root, file), 'utf8')).split('\n');
  assert.is(header, columns.join(','));
});

test('the guide names every metric and every table, and none that is not there', async () => {
  const guide = await readFile(join(root, 'docs/systems/lambda.md'), 'utf8');
  const registry = createRegistry();
  consumerMetrics(registry);
  producerMetrics(registry);
  const names = registry.getMetricsAsArray().map(({ name }) => name);
  const ours = names.filter((name) => name.startsWith('lambda_')).sort();
  const inGuide = [...new Set([...guide.matchAll(/`(lambda_[a-z_]+)`/g)].map(([, name]) => name))].sort();
  assert.equal(inGuide, ours);
  for (const table of ['transactions', 'stream_offsets', 'dead_letters', 'batch_jobs', 'batch_rejects']) {
    assert.ok(guide.includes(`\`${table}\``), table);
  }
});

test.run();
