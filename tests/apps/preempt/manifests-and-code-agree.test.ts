import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { createRegistry, number, readConfig, type Setting } from '../../../apps/kit/index.ts';
import { mysqlSettings } from '../../../apps/kit/mysql/index.ts';
import { apiSettings } from '../../../apps/preempt/api/settings.ts';
import { collectorSettings } from '../../../apps/preempt/collector/settings.ts';
import { readConfiguration } from '../../../apps/preempt/configuration.ts';
import { detectorDeadline, detectorSettings } from '../../../apps/preempt/detect/settings.ts';
import { sql } from '../../../apps/preempt/sql/index.ts';
import { ledgerOf } from '../../../apps/preempt/store/group.ts';
import { storeMetrics } from '../../../apps/preempt/store/metrics.ts';
import { storeSettings } from '../../../apps/preempt/store/settings.ts';
import { trainerSettings } from '../../../apps/preempt/trainer/settings.ts';
import {
  configuredSettings,
  servingSettings,
  workerSettings,
} from '../../../apps/preempt/worker-settings.ts';
import { podContainer } from '../../../trial/overlay/container.ts';
import { renderSystem, type System, workloadOf } from '../../../trial/overlay/system.ts';
import { folderWith } from '../../harness/folder.ts';
import { root } from '../../house/repository.ts';
import { kustomize } from './platform.ts';
import { tablesOf } from './tables.ts';

const environments = ['kind', 'docker-desktop', 'minikube', 'production'];
const systems = await Promise.all(environments.map((name) => renderSystem(root, kustomize, name, 'preempt')));

type Settings = Readonly<Record<string, Setting<unknown>>>;
const schema = {
  ...workerSettings,
  ...mysqlSettings,
  deadline: number('--deadline', 'seconds', { least: 1, most: 9e9, fallback: 1 }),
};
/** Every container that runs our code, and what that code reads. */
const workers: readonly (readonly [string, string, string | undefined, Settings])[] = [
  ['Deployment', 'api', undefined, apiSettings],
  ['Deployment', 'api', 'wait-for-schema', schema],
  ['Deployment', 'store', undefined, storeSettings],
  ['Deployment', 'store', 'wait-for-schema', schema],
  ['CronJob', 'collector', undefined, collectorSettings],
  ['CronJob', 'collector', 'wait-for-schema', schema],
  ['CronJob', 'detector', undefined, detectorSettings],
  ['CronJob', 'detector', 'wait-for-schema', schema],
  ['Deployment', 'ml-trainer', undefined, trainerSettings],
  ['Deployment', 'ml-trainer', 'wait-for-schema', schema],
  ['Job', 'migrate', undefined, { ...workerSettings, ...mysqlSettings }],
  ['Job', 'seed', undefined, { ...workerSettings, ...mysqlSettings }],
  ['Job', 'seed', 'wait-for-schema', schema],
];

const containerIn = (system: System, kind: string, name: string, container?: string) =>
  podContainer(system, workloadOf(system, kind, name), {
    // In production an ExternalSecret brings it.
    unknownValue: 'known-to-the-cluster',
    ...(container === undefined ? {} : { container }),
  });

test('each worker starts from the variables that the overlay gives it, all of which are right', () => {
  for (const system of systems) {
    for (const [kind, name, container, settings] of workers) {
      const given = Object.fromEntries(containerIn(system, kind, name, container).env);
      try {
        readConfig(given, settings);
      } catch (error) {
        throw new Error(`${system.environment}, ${kind}/${name}: ${(error as Error).message}`);
      }
    }
  }
});

test('each variable that an overlay gives is read by the worker that gets it, or by Node itself', () => {
  for (const system of systems) {
    for (const [kind, name, container, settings] of workers) {
      const read = new Set(['NODE_OPTIONS', ...Object.values(settings).map((setting) => setting.name)]);
      assert.equal(
        [...containerIn(system, kind, name, container).env.keys()].filter((variable) => !read.has(variable)),
        [],
        `${system.environment}, ${kind}/${name}`,
      );
    }
  }
});

test('each command names a file that is there, with arguments that it takes', async () => {
  for (const system of systems) {
    for (const [kind, name, container] of workers) {
      const [program, script = '', ...args] = containerIn(system, kind, name, container).command;
      assert.is(program, 'node');
      await access(join(root, script));
      const takes = script.endsWith('/wait-for-schema.ts') ? /^--deadline=\d+$/ : /^$/;
      for (const argument of args) assert.match(argument, takes);
    }
  }
});

test('the port of the probes and metrics is the one that the code listens on', () => {
  for (const system of systems) {
    for (const name of ['store', 'ml-trainer']) {
      const main = workloadOf(system, 'Deployment', name).containers.find(({ role }) => role === 'main');
      const port = main?.spec.ports?.find((one) => one.name === 'metrics')?.containerPort;
      assert.is(servingSettings.metricsAddress.fallback, `:${port}`);
      const probes = { livenessProbe: '/livez', startupProbe: '/livez', readinessProbe: '/readyz' } as const;
      for (const [probe, path] of Object.entries(probes)) {
        const http = main?.spec[probe as keyof typeof probes]?.httpGet;
        assert.equal([http?.path, http?.port], [path, 'metrics'], `${name} ${probe}`);
      }
    }
  }
});

test('config.yaml stands where the code reads it, and is right; its mistakes are all said', async () => {
  for (const system of systems) {
    for (const [kind, name] of [
      ['Deployment', 'store'],
      ['CronJob', 'collector'],
      ['CronJob', 'detector'],
      ['Deployment', 'ml-trainer'],
    ] as const) {
      const mount = containerIn(system, kind, name).mounts.find(
        ({ path }) => path === configuredSettings.configPath.fallback,
      );
      assert.is(mount?.kind, 'file', `${system.environment}, ${kind}/${name}`);
      if (mount?.kind !== 'file') continue;
      await using folder = await folderWith({ 'config.yaml': mount.text });
      const read = await readConfiguration(join(folder.path, 'config.yaml'));
      assert.is(read.weather.source.dailyBudget, 10_000);
      await folder.write(
        'config.yaml',
        mount.text.replace('group: store', '').replace('parallel_requests: 4', 'parallel_requests: 99'),
      );
      const error = await readConfiguration(join(folder.path, 'config.yaml')).then(
        () => undefined,
        (thrown: Error) => thrown,
      );
      assert.match(
        error?.message ?? '',
        /weather\.source\.parallel_requests is 99.*\n.*stream\.group is undefined/,
      );
    }
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

test('a run of the collector ends before its Job does, however long it waited at its start', async () => {
  const file = await readFile(join(root, 'base/preempt/collector/cronjob.yaml'), 'utf8');
  const { activeDeadlineSeconds } = (
    parse(file) as { spec: { jobTemplate: { spec: { activeDeadlineSeconds: number } } } }
  ).spec.jobTemplate.spec;
  // Its waits end with their deadlines of 60 s, and the Job with them; who got through waited seconds.
  assert.ok((collectorSettings.deadlineSeconds.fallback ?? 0) + 60 <= activeDeadlineSeconds);
});

test('a run of the detector ends before its Job does, its last statement and its wait at the start included', async () => {
  const file = await readFile(join(root, 'base/preempt/detector/cronjob.yaml'), 'utf8');
  const { activeDeadlineSeconds } = (
    parse(file) as { spec: { jobTemplate: { spec: { activeDeadlineSeconds: number } } } }
  ).spec.jobTemplate.spec;
  assert.ok(detectorDeadline.seconds + detectorDeadline.statementSeconds + 30 <= activeDeadlineSeconds);
});

test('the models are where their claim is mounted: to be written by the trainer, to be read by the detector', () => {
  for (const system of systems) {
    for (const [kind, name] of [
      ['Deployment', 'ml-trainer'],
      ['CronJob', 'detector'],
    ] as const) {
      const { env, mounts } = containerIn(system, kind, name);
      const claim = mounts.find((mount) => mount.kind === 'folder' && mount.keeps);
      assert.is(env.get('MODELS_PATH'), claim?.path, `${system.environment}, ${name}`);
    }
  }
});

test('the alerts name metrics that the store has, and the ledger and stream of config.yaml', async () => {
  const registry = createRegistry();
  storeMetrics(registry);
  const names = new Set(registry.getMetricsAsArray().map(({ name }) => name));
  const rules = await readFile(
    join(root, 'base/components/monitoring/preempt/store-prometheusrule.yaml'),
    'utf8',
  );
  const named = [...rules.matchAll(/preempt_store_\w+/g)].map(([name]) => name);
  assert.ok(named.length >= 3);
  for (const name of named) assert.ok(names.has(name), name);
  const { stream } = await readConfiguration(join(root, 'base/preempt/config.yaml'));
  assert.ok(rules.includes(ledgerOf(stream.name, stream.group)) && rules.includes(stream.deadLetter));
});

test('every table and column that a statement names is one that the migrations make', async () => {
  const tables = await tablesOf();
  const words = /\b(?:FROM|JOIN|INTO|(?<!KEY |FOR )UPDATE)\s+([a-z_]+)/g;
  let seen = 0;
  for (const [name, text] of Object.entries(sql)) {
    const statement = text.replaceAll(/--.*$/gm, '');
    const named = [...statement.matchAll(words)].map(([, table = '']) => table);
    for (const table of named) {
      assert.ok(tables.has(table), `${name}.sql names the table ${table}`);
      seen += 1;
    }
    const columns = new Set(named.flatMap((table) => [...(tables.get(table) ?? [])]));
    const lists = [...statement.matchAll(/INTO\s+[a-z_]+\s*\(([^)]*)\)/g)];
    const set = [...statement.matchAll(/\b([a-z0-9_]+) = /g)].map(([, column = '']) => column);
    const used = [...lists.flatMap(([, list = '']) => list.split(',').map((one) => one.trim())), ...set];
    for (const column of used) assert.ok(columns.has(column), `${name}.sql names the column ${column}`);
  }
  assert.ok(seen >= 12, `${seen} tables seen`);
});

test.run();
