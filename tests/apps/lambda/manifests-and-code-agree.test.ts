import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createRegistry, readConfig, type Setting, text } from '../../../apps/kit/index.ts';
import { migrationSql, postgresSettings } from '../../../apps/kit/postgres/index.ts';
import type { Migration } from '../../../apps/kit/schema/index.ts';
import { consumerMetrics } from '../../../apps/lambda/consumer/metrics.ts';
import { consumerSettings } from '../../../apps/lambda/consumer/settings.ts';
import { producerMetrics } from '../../../apps/lambda/producer/metrics.ts';
import { producerSettings } from '../../../apps/lambda/producer/settings.ts';
import { knownMigrations } from '../../../apps/lambda/schema/migrate.ts';
import { sql } from '../../../apps/lambda/sql/index.ts';
import { columns } from '../../../apps/lambda/transaction/row.ts';
import { servingSettings, workerSettings } from '../../../apps/lambda/worker-settings.ts';
import { podContainer } from '../../../trial/overlay/container.ts';
import { renderSystem, type System, workloadOf } from '../../../trial/overlay/system.ts';
import { root } from '../../house/repository.ts';
import { kustomize } from './platform.ts';

const environments = ['kind', 'docker-desktop', 'minikube', 'production'];
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
        `${system.environment}, ${kind}/${name}`,
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
    const { env } = containerIn(system, 'Deployment', 'lambda-consumer');
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
  const tables = [...guide.matchAll(/^\| `([a-z_]+)` \| [^|]*\|$/gm)].map(([, name]) => name);
  for (const table of (await schemaOf(await knownMigrations())).keys()) {
    assert.ok(tables.includes(table), `the guide does not name the table ${table}`);
  }
});

test('INBOX_PATH is where the claim of the inbox is mounted', () => {
  for (const system of systems) {
    const { env, mounts } = containerIn(system, 'CronJob', 'csv-batch-cron');
    const claim = mounts.find((mount) => mount.kind === 'folder' && mount.keeps);
    assert.is(env.get('INBOX_PATH'), claim?.path, system.environment);
  }
});

test('every table and column that a statement names is one that the migrations make', async () => {
  const schema = await schemaOf(await knownMigrations());
  const others = [migrationSql['make-migrations'], sql['make-staging']].flatMap(tablesMade);
  for (const [table, columns] of others) schema.set(table, columns);
  // Of the server itself.
  const ofServer = new Set(['pg_stat_activity', 'unnest', 'stdin']);
  const words = /\b(?:FROM|JOIN|INTO|COPY|(?<!FOR |DO )UPDATE|REFERENCES)\s+([a-z_]+)/gi;
  let seen = 0;
  for (const [name, text] of Object.entries({ ...migrationSql, ...sql })) {
    const statement = text.replaceAll(/--.*$/gm, '');
    const named = [...statement.matchAll(words)].map(([, table = '']) => table);
    for (const table of named.filter((one) => !ofServer.has(one.toLowerCase()))) {
      assert.ok(schema.has(table), `${name}.sql names the table ${table}`);
      seen += 1;
    }
    const columns = new Set(named.flatMap((table) => [...(schema.get(table) ?? [])]));
    // INSERT INTO and COPY list their columns; SET names them one by one.
    const lists = [...statement.matchAll(/(?:INTO|COPY)\s+[a-z_]+\s*\(([^)]*)\)/gi)];
    const set = [...statement.matchAll(/\b([a-z0-9_]+) = /g)].map(([, column = '']) => column);
    const used = [...lists.flatMap(([, list = '']) => list.split(',').map((one) => one.trim())), ...set];
    for (const column of used.filter(() => columns.size > 0)) {
      assert.ok(columns.has(column), `${name}.sql names the column ${column} of ${named.join(', ')}`);
    }
  }
  assert.ok(seen >= 20, `${seen} tables seen`);
});

test('the version of the schema is the highest that was applied, and 0 before the first', () => {
  // These statements are SQLite's too, but for the clock.
  const database = new DatabaseSync(':memory:');
  const local = (text: string) =>
    text.replaceAll('timestamptz', 'text').replaceAll('now()', 'CURRENT_TIMESTAMP');
  database.exec(local(migrationSql['make-migrations']));
  const version = () => database.prepare(migrationSql['schema-version']).get()?.version;
  assert.is(version(), 0);
  const note = database.prepare(migrationSql['note-migration'].replaceAll(/\$\d/g, '?'));
  for (const number of [1, 2, 3]) note.run(number, `step-${number}`, 'x');
  assert.is(version(), 3);
  const read = database.prepare(migrationSql['read-migrations']).all();
  assert.equal(
    read.map((row) => row.version),
    [1, 2, 3],
  );
  database.close();
});

/** The tables that a text makes, with their columns. */
function tablesMade(text: string): [string, Set<string>][] {
  const made = /CREATE (?:TEMPORARY )?TABLE (?:IF NOT EXISTS )?([a-z_]+) \(\n(.*?)\n\)/gs;
  return [...text.matchAll(made)].map(([, table = '', body = '']) => {
    const columns = [...body.matchAll(/^ {2}([a-z0-9_]+) /gm)].map(([, column = '']) => column);
    return [table, new Set(columns)];
  });
}

/** The tables that all migrations together leave. @throws Error for a change that this reader does not know. */
async function schemaOf(migrations: readonly Migration[]): Promise<Map<string, Set<string>>> {
  const schema = new Map<string, Set<string>>();
  for (const { name, text } of migrations) {
    for (const [table, columns] of tablesMade(text)) schema.set(table, columns);
    for (const [statement, table = '', column = ''] of text.matchAll(
      /ALTER TABLE ([a-z_]+) (?:ADD COLUMN ([a-z0-9_]+) |.*)/g,
    )) {
      if (column === '' || !schema.has(table)) throw new Error(`${name}: ${statement} is not understood`);
      schema.get(table)?.add(column);
    }
  }
  return schema;
}

test.run();
