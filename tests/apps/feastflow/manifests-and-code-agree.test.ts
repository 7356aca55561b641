import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseKeys } from '../../../apps/feastflow/backend/accounts/keys.ts';
import { backendMetrics } from '../../../apps/feastflow/backend/metrics.ts';
import { lastRequestsMilliseconds } from '../../../apps/feastflow/backend/run.ts';
import { backendSettings } from '../../../apps/feastflow/backend/settings.ts';
import {
  lastRequestsMilliseconds as lastPagesMilliseconds,
  readSettings,
  variables,
} from '../../../apps/feastflow/frontend/serve/settings.ts';
import { knownMigrations } from '../../../apps/feastflow/schema/migrate.ts';
import { sql } from '../../../apps/feastflow/sql/index.ts';
import { workerSettings } from '../../../apps/feastflow/worker-settings.ts';
import { createRegistry, number, readConfig, type Setting } from '../../../apps/kit/index.ts';
import { postgresSettings } from '../../../apps/kit/postgres/index.ts';
import { podContainer } from '../../../trial/overlay/container.ts';
import { renderSystem, type System, workloadOf } from '../../../trial/overlay/system.ts';
import { root } from '../../house/repository.ts';
import { kustomize } from './shop.ts';

const environments = ['kind', 'docker-desktop', 'minikube', 'production'];
const systems = await Promise.all(
  environments.map((name) => renderSystem(root, kustomize, name, 'feastflow')),
);

type Settings = Readonly<Record<string, Setting<unknown>>>;
const schema = {
  ...workerSettings,
  ...postgresSettings,
  deadline: number('--deadline', 'seconds', { least: 1, most: 9e9, fallback: 1 }),
};
/** Every container that runs our code, and what that code reads. */
const workers: readonly (readonly [string, string, string | undefined, Settings])[] = [
  ['Deployment', 'feastflow-backend', undefined, backendSettings],
  ['Deployment', 'feastflow-backend', 'wait-for-schema', schema],
  ['Job', 'feastflow-migrate', undefined, { ...workerSettings, ...postgresSettings }],
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

test('each variable that an overlay gives is read by the worker that gets it', () => {
  for (const system of systems) {
    for (const [kind, name, container, settings] of workers) {
      const read = new Set(Object.values(settings).map((setting) => setting.name));
      const given = [...containerIn(system, kind, name, container).env.keys()];
      assert.equal(
        given.filter((variable) => !read.has(variable)),
        [],
        `${system.environment}, ${kind}/${name}`,
      );
    }
  }
});

test('what the ConfigMap says is what the code would say without it', async () => {
  const text = await readFile(join(root, 'base/feastflow/config.env'), 'utf8');
  for (const [, name = '', value = ''] of text.matchAll(/^([A-Z_]+)=(.*)$/gm)) {
    const setting = Object.values<Setting<unknown>>(backendSettings).find((one) => one.name === name);
    assert.is(String(setting?.fallback), value, name);
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

test('ports and probes are those that the code answers at', () => {
  for (const system of systems) {
    const { containers } = workloadOf(system, 'Deployment', 'feastflow-backend');
    const spec = containers.find(({ role }) => role === 'main')?.spec;
    const port = (name: string) => spec?.ports?.find((one) => one.name === name)?.containerPort;
    assert.is(backendSettings.httpAddress.fallback, `:${port('http')}`);
    assert.is(backendSettings.metricsAddress.fallback, `:${port('metrics')}`);
    const probes = { livenessProbe: '/health', startupProbe: '/health', readinessProbe: '/ready' } as const;
    for (const [probe, path] of Object.entries(probes)) {
      const http = spec?.[probe as keyof typeof probes]?.httpGet;
      assert.equal([http?.path, http?.port], [path, 'http'], probe);
    }
  }
});

test('a pod that goes has time for preStop, the drain and the last requests', () => {
  for (const system of systems) {
    const { pod, containers } = workloadOf(system, 'Deployment', 'feastflow-backend');
    const spec = containers.find(({ role }) => role === 'main')?.spec;
    const preStop = spec?.lifecycle?.preStop?.sleep?.seconds ?? 0;
    const given = Object.fromEntries(containerIn(system, 'Deployment', 'feastflow-backend').env);
    const { drainSeconds } = readConfig(given, backendSettings);
    // And five for its connections.
    const needs = preStop + drainSeconds + lastRequestsMilliseconds / 1000 + 5;
    assert.ok(needs < (pod.terminationGracePeriodSeconds ?? 30), `${needs} s`);
  }
});

test('the backends at their most, an update’s and those that drain find room among PostgreSQL’s connections', () => {
  for (const system of systems) {
    const { replicas } = workloadOf(system, 'Deployment', 'feastflow-backend');
    const given = Object.fromEntries(containerIn(system, 'Deployment', 'feastflow-backend').env);
    const { poolSize } = readConfig(given, backendSettings);
    const conf = system.model.configurations
      .find(({ name }) => name.startsWith('postgres-config'))
      ?.values.get('postgresql.conf');
    const grants = Number(/^max_connections = (\d+)$/m.exec(conf ?? '')?.[1]);
    assert.ok(
      (replicas.max + 3) * (poolSize + 1) <= grants - 5,
      `${replicas.max} backends, ${grants} connections`,
    );
  }
});

test('the key of laptops is one that the code takes, where it is mounted', () => {
  for (const system of systems) {
    const { env, mounts } = containerIn(system, 'Deployment', 'feastflow-backend');
    const mount = mounts.find(({ kind }) => kind === 'files');
    assert.is(mount?.kind, 'files');
    if (mount?.kind !== 'files') continue;
    assert.is(env.get('JWT_KEYS_FILE'), `${mount.path}/JWT_KEYS`);
    if (system.environment === 'production') continue;
    assert.equal(
      parseKeys(mount.files.get('JWT_KEYS') ?? '').map(({ name }) => name),
      ['development'],
    );
  }
});

test('the page server starts from what the overlay gives it, reads all of it, and answers where it is asked', async () => {
  for (const system of systems) {
    const { env, command, mounts } = containerIn(system, 'Deployment', 'feastflow-frontend');
    assert.equal(command, ['node', 'server.js']);
    assert.equal(
      [...env.keys()].filter((name) => !variables.some((one) => one === name)),
      [],
      system.environment,
    );
    const settings = readSettings(Object.fromEntries(env));
    assert.is(settings.backendUrl, 'http://feastflow-backend:5000');
    assert.ok(mounts.some(({ path }) => path === '/app/.next/cache'));
    const { pod, containers } = workloadOf(system, 'Deployment', 'feastflow-frontend');
    const spec = containers.find(({ role }) => role === 'main')?.spec;
    assert.is(spec?.ports?.find(({ name }) => name === 'http')?.containerPort, settings.port);
    const probes = { livenessProbe: '/livez', startupProbe: '/livez', readinessProbe: '/readyz' } as const;
    for (const [probe, path] of Object.entries(probes)) {
      const http = spec?.[probe as keyof typeof probes]?.httpGet;
      assert.equal([http?.path, http?.port], [path, 'http'], probe);
    }
    const preStop = spec?.lifecycle?.preStop?.sleep?.seconds ?? 0;
    const needs = preStop + settings.drainSeconds + lastPagesMilliseconds / 1000 + 5;
    assert.ok(needs < (pod.terminationGracePeriodSeconds ?? 30), `${needs} s`);
  }
  const server = await readFile(join(root, 'apps/feastflow/frontend/serve/server.ts'), 'utf8');
  for (const path of ['/livez', '/readyz']) assert.ok(server.includes(`'${path}'`), path);
});

test('a variable of the page server that is wrong is named', () => {
  const good = { BACKEND_URL: 'http://backend:5000' };
  assert.is(readSettings(good).keepAliveMilliseconds, 95_000);
  for (const [name, value] of [
    ['BACKEND_URL', ''],
    ['BACKEND_URL', 'http://backend/api'],
    ['PORT', '0'],
    ['KEEP_ALIVE_TIMEOUT', '95s'],
    ['DRAIN_SECONDS', '21'],
  ] as const)
    assert.throws(() => readSettings({ ...good, [name]: value }), new RegExp(name));
});

test('the guide names every metric and every table, and none that is not there', async () => {
  const guide = await readFile(join(root, 'docs/systems/feastflow.md'), 'utf8');
  const registry = createRegistry();
  backendMetrics(registry);
  const names = registry.getMetricsAsArray().map(({ name }) => name);
  const ours = names.filter((name) => name.startsWith('feastflow_')).sort();
  const inGuide = [...new Set([...guide.matchAll(/`(feastflow_[a-z_]+)`/g)].map(([, name]) => name))].sort();
  assert.equal(inGuide, ours);
  const migrations = (await knownMigrations()).map(({ text }) => text).join('\n');
  const made = [...migrations.matchAll(/^CREATE (?:UNLOGGED )?TABLE ([a-z_]+)/gm)].map(([, name]) => name);
  const [, section = ''] = /\n## Tables\n(.*?)\n## /s.exec(guide) ?? [];
  const told = [...section.matchAll(/^\| `([a-z_]+)`/gm)].map(([, name]) => name);
  assert.equal(told.sort(), made.sort());
});

test('no client makes series by a path or a method of its own', async () => {
  const registry = createRegistry();
  const { answered } = backendMetrics(registry);
  answered({ method: 'PROPFIND', route: undefined, status: 404, seconds: 0.01 });
  answered({ method: 'POST', route: '/api/orders', status: 201, seconds: 0.01 });
  const text = await registry.metrics();
  assert.match(text, 'feastflow_requests_total{route="none",status="404"} 1');
  assert.match(text, 'feastflow_request_seconds_count{method="none",route="none"} 1');
  assert.match(text, 'feastflow_request_seconds_count{method="POST",route="/api/orders"} 1');
  assert.not.match(text, 'PROPFIND');
});

test('every table that a statement names is one that the migrations make', async () => {
  const migrations = (await knownMigrations()).map(({ text }) => text).join('\n');
  const made = new Set(
    [...migrations.matchAll(/^CREATE (?:(?:UNLOGGED )?TABLE|VIEW) ([a-z_]+)/gm)].map(([, name]) => name),
  );
  let seen = 0;
  for (const [name, text] of Object.entries(sql)) {
    const statement = text.replaceAll(/--.*$/gm, '');
    const own = new Set([...statement.matchAll(/\b([a-z]+) AS \(/g)].map(([, one]) => one));
    for (const [, table = ''] of statement.matchAll(
      /\b(?:FROM|JOIN|INTO|USING|(?<!KEY |DO )UPDATE)\s+(?!unnest|OF\b)([a-z_]+)/g,
    )) {
      assert.ok(made.has(table) || own.has(table), `${name}.sql names ${table}`);
      seen += 1;
    }
  }
  assert.ok(seen > 40, `${seen} seen`);
});

test.run();
