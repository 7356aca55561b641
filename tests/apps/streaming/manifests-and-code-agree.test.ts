import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { readConfig, type Setting } from '../../../apps/kit/index.ts';
import { readAccess } from '../../../apps/kit/kafka/index.ts';
import { accessSettings, administratorSettings } from '../../../apps/streaming/administrator-settings.ts';
import { readVersions, schemaNames } from '../../../apps/streaming/avro/schemas.ts';
import { consumerSettings } from '../../../apps/streaming/consumer/settings.ts';
import { producerSettings } from '../../../apps/streaming/producer/settings.ts';
import {
  brokerSettings,
  deadLetter,
  topicSettings,
  workerSettings,
} from '../../../apps/streaming/worker-settings.ts';
import { podContainer } from '../../../trial/overlay/container.ts';
import { renderSystem, type System, workloadOf } from '../../../trial/overlay/system.ts';
import { root } from '../../house/repository.ts';
import { kustomize } from './rig.ts';

const environments = ['kind', 'docker-desktop', 'minikube', 'production'];
const systems = await Promise.all(
  environments.map((name) => renderSystem(root, kustomize, name, 'streaming')),
);

type Settings = Readonly<Record<string, Setting<unknown>>>;
const waits: Settings = { ...workerSettings, ...brokerSettings, ...topicSettings, deadLetter };

/** Every container of the worker's image: its workload, its name, and what it reads. */
const containers: readonly (readonly [string, string, string, Settings])[] = [
  ['Deployment', 'streaming-producer', 'producer', producerSettings],
  ['Deployment', 'streaming-producer', 'wait-for-schema', waits],
  ['Deployment', 'streaming-consumer', 'consumer', consumerSettings],
  ['Deployment', 'streaming-consumer', 'wait-for-schema', waits],
  ['Job', 'register-schemas', 'register-schemas', { ...workerSettings, ...topicSettings }],
  ['Job', 'revenue-job', 'wait-for-schema', waits],
];
/** Where the brokers ask who somebody is. */
const administrators: typeof containers = [
  ['Job', 'kafka-access', 'kafka-access', { ...accessSettings, logLevel: workerSettings.logLevel }],
  ['CronJob', 'kafka-certificates', 'kafka-certificates', administratorSettings],
];
const containersOf = ({ environment }: System) =>
  environment === 'production' ? [...containers, ...administrators] : containers;
const containerIn = (system: System, kind: string, name: string, container: string) =>
  podContainer(system, workloadOf(system, kind, name), { container, unknownValue: 'fetched' });

test('every worker starts from the variables that each overlay gives it, by a command that is there', async () => {
  for (const system of systems) {
    for (const [kind, name, container, settings] of containersOf(system)) {
      const { env, command } = containerIn(system, kind, name, container);
      readConfig(Object.fromEntries(env), settings);
      assert.is(command[0], 'node');
      await access(join(root, command[1] ?? ''));
    }
  }
});

test('every variable of every worker is one that somebody reads', () => {
  const shared = new Set(
    Object.values({ ...producerSettings, ...consumerSettings, ...waits, ...accessSettings }).map(
      ({ name }) => name,
    ),
  );
  for (const system of systems) {
    for (const [kind, name, container, settings] of containersOf(system)) {
      const read = new Set(Object.values(settings).map((setting) => setting.name));
      const { spec } = workloadOf(system, kind, name).containers.find((one) => one.name === container) ?? {};
      for (const variable of spec?.env ?? []) assert.ok(read.has(variable.name), `${name}: ${variable.name}`);
      const { env } = containerIn(system, kind, name, container);
      for (const variable of env.keys()) assert.ok(shared.has(variable), `${name}: ${variable}`);
    }
  }
});

test('the Jobs, which repeat them, have the values of the ConfigMap', () => {
  for (const system of systems) {
    const { env: of } = containerIn(system, 'Deployment', 'streaming-consumer', 'consumer');
    for (const [kind, name, container] of containers.filter(([kind]) => kind === 'Job')) {
      for (const [variable, value] of containerIn(system, kind, name, container).env) {
        // Each says for itself who it is.
        if (variable === 'KAFKA_USERNAME') continue;
        assert.is(value, of.get(variable), `${name}: ${variable}`);
      }
    }
  }
});

test('who says to be somebody is in the table of rights, with a password in the Secret, and all topics of the table are made', async () => {
  const system = systems.find(({ environment }) => environment === 'production') as System;
  const rules = readAccess(await readFile(join(root, 'base/components/tls/streaming/access.txt'), 'utf8'));
  const users = new Set(rules.map(({ user }) => user));
  const passwords = system.model.configuration('Secret', 'streaming', 'kafka-users')?.values;
  for (const user of users) assert.ok(passwords?.has(user), user);
  for (const [kind, name, container] of containers) {
    const { env } = containerIn(system, kind, name, container);
    const asked = env.has('KAFKA_BOOTSTRAP_SERVERS');
    assert.is(users.has(env.get('KAFKA_USERNAME') ?? ''), asked, `${name}: ${container}`);
  }
  const topics = await readFile(join(root, 'base/streaming/topics/topics.txt'), 'utf8');
  const made = new Set(topics.split('\n').map((line) => line.split(' ')[0]));
  for (const { user, kind, name, prefixed } of rules) {
    if (kind === 'topic' && user !== 'schema-registry') assert.ok(made.has(name) && !prefixed, name);
  }
});

test('a table of rights says which of its lines is not right', () => {
  assert.equal(readAccess('# who\n\nann Read,Describe topic orders-*\n'), [
    { user: 'ann', operation: 'Read', kind: 'topic', name: 'orders-', prefixed: true },
    { user: 'ann', operation: 'Describe', kind: 'topic', name: 'orders-', prefixed: true },
  ]);
  assert.is(readAccess('ann Read group *')[0]?.prefixed, false);
  for (const wrong of [
    'ann Reed topic orders',
    'ann Read topics orders',
    'ann Read topic',
    'ann Read topic a b',
  ]) {
    assert.throws(() => readAccess(`ann Read topic orders\n${wrong}`), /line 2 of the table/);
  }
});

test('the ports are those that the code listens on, and the grace is longer than what it takes to end', () => {
  const [system] = systems as [System];
  for (const [name, container, settings] of [
    ['streaming-producer', 'producer', producerSettings],
    ['streaming-consumer', 'consumer', consumerSettings],
  ] as const) {
    const { containers: all, pod } = workloadOf(system, 'Deployment', name);
    const { spec } = all.find((one) => one.name === container) ?? {};
    const { env } = containerIn(system, 'Deployment', name, container);
    const { metricsAddress } = readConfig(Object.fromEntries(env), settings);
    assert.is(`:${spec?.ports?.find((port) => port.name === 'metrics')?.containerPort}`, metricsAddress);
    assert.ok((pod.terminationGracePeriodSeconds ?? 30) > 50);
  }
});

const sqlFile = 'base/streaming/revenue/revenue-per-minute.sql';
const sql = await readFile(join(root, sqlFile), 'utf8');
const statement = (table: string) => new RegExp(`CREATE TABLE ${table} \\([^;]*;`).exec(sql)?.[0] ?? '';
const option = (table: string, key: string) =>
  new RegExp(`'${key.replaceAll('.', '\\.')}' = '([^']*)'`).exec(statement(table))?.[1];

test('the tables of the job are the topics that the workers are told, and those that are made', async () => {
  const topics = await readFile(join(root, 'base/streaming/topics/topics.txt'), 'utf8');
  const made = topics
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(' ')[0]);
  for (const system of systems) {
    const { env } = containerIn(system, 'Deployment', 'streaming-consumer', 'consumer');
    for (const [table, variable] of [
      ['orders', 'ORDERS_TOPIC'],
      ['products', 'PRODUCTS_TOPIC'],
      ['revenue_per_minute', 'REVENUE_TOPIC'],
      ['late_orders', 'LATE_ORDERS_TOPIC'],
    ] as const) {
      assert.is(option(table, 'topic'), env.get(variable), table);
      assert.is(option(table, 'properties.bootstrap.servers'), env.get('KAFKA_BOOTSTRAP_SERVERS'), table);
      assert.ok(statement(table).includes(`.url' = '${env.get('SCHEMA_REGISTRY_URL')}'`), table);
    }
    const named = [
      'ORDERS_TOPIC',
      'PRODUCTS_TOPIC',
      'REVENUE_TOPIC',
      'LATE_ORDERS_TOPIC',
      'DEAD_LETTER_TOPIC',
    ];
    assert.equal(
      named.map((name) => env.get(name)),
      made,
    );
  }
});

test('the columns of the tables are fields of the newest schemas, in their order, of their types', () => {
  const types: Readonly<Record<string, string>> = {
    STRING: '"string"',
    INT: '"int"',
    BIGINT: '"long"',
    'TIMESTAMP(3)': '{"type":"long","logicalType":"timestamp-millis"}',
  };
  const kept = { revenue_per_minute: 'revenue', late_orders: 'late-order' } as const;
  for (const [table, name] of Object.entries({ orders: 'order', products: 'product', ...kept })) {
    const { fields } = JSON.parse(readVersions(name).at(-1)?.text ?? '') as {
      fields: { name: string; type: unknown }[];
    };
    const columns = [
      ...statement(table).matchAll(/^ {2}`?(\w+)`? (STRING|INT|BIGINT|TIMESTAMP\(3\)) NOT NULL/gm),
    ];
    for (const [, column, type = ''] of columns) {
      const field = fields.find((one) => one.name === column);
      assert.is(JSON.stringify(field?.type), types[type], `${table}.${column}`);
    }
    // What is written has every field; of what is read, those that the job asks for.
    if (name in Object.fromEntries(Object.values(kept).map((one) => [one, true]))) {
      assert.equal(
        columns.map(([, column]) => column),
        fields.map((field) => field.name),
      );
    }
  }
  const named = [...sql.matchAll(/'@([a-z-]+)@'/g)].map(([, name]) => name);
  assert.equal(named, Object.values(kept));
  for (const name of named) assert.ok((schemaNames as readonly string[]).includes(name ?? ''));
});

test("what the job sets for its checkpoints is what the cluster's configuration says", async () => {
  const config = parse(await readFile(join(root, 'base/services/flink/config.yaml'), 'utf8'));
  const set = [...sql.matchAll(/^SET '((?:execution\.checkpointing|state\.backend)[^']*)' = '([^']*)'/gm)];
  assert.ok(set.length >= 8);
  for (const [, key = '', value = ''] of set) {
    const configured = key.split('.').reduce((at, part) => at?.[part], config);
    assert.is(value.replaceAll(' ', ''), String(configured), key);
  }
});

test('a transaction outlasts a checkpoint, and the broker lets it', async () => {
  const properties = await readFile(join(root, 'base/services/kafka-zookeeper/server.properties'), 'utf8');
  const most = Number(/^transaction\.max\.timeout\.ms=(\d+)$/m.exec(properties)?.[1]);
  const prefixes = new Set<string>();
  for (const table of ['revenue_per_minute', 'late_orders']) {
    const timeout = Number(option(table, 'properties.transaction.timeout.ms'));
    assert.ok(timeout < most && timeout > (300 + 10) * 1000, table);
    assert.is(option(table, 'sink.delivery-guarantee'), 'exactly-once');
    prefixes.add(option(table, 'sink.transactional-id-prefix') ?? '');
  }
  assert.is(prefixes.size, 2);
  for (const table of ['orders', 'products']) {
    assert.is(option(table, 'properties.isolation.level'), 'read_committed');
  }
});

test('the Job begins with the name that the job gives itself', () => {
  const name = /^SET 'pipeline\.name' = '([^']*)';$/m.exec(sql)?.[1];
  for (const system of systems) {
    const { env, mounts } = containerIn(system, 'Job', 'revenue-job', 'revenue-job');
    assert.is(env.get('JOB_NAME'), name);
    const files = mounts.find((mount) => mount.kind === 'files');
    const [folder, file] = [files?.path, `${env.get('JOB_SQL')}`.split('/').at(-1) ?? ''];
    assert.ok(
      files?.kind === 'files' && files.files.get(file) === sql && env.get('JOB_SQL') === `${folder}/${file}`,
    );
    assert.ok(mounts.some((mount) => mount.kind === 'folder' && mount.path === env.get('STATE_PATH')));
  }
});

test.run();
