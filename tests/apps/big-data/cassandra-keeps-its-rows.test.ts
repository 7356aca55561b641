import * as assert from 'uvu/assert';
import { renderSystem } from '../../../trial/overlay/system.ts';
import { type Cassandra, connect, startCassandra } from '../../../trial/services/cassandra.ts';
import { openTrial, type Trial } from '../../../trial/trial.ts';
import { suite } from '../../harness/suite.ts';
import { root } from '../../house/repository.ts';
import { kustomize } from './gateway-rig.ts';

const test = suite<{ trial: Trial; cassandra: Cassandra }>('Cassandra as the manifests start it');
test.before(async (context) => {
  context.trial = await openTrial(await renderSystem(root, kustomize, 'kind', 'big-data'), {
    say: (message) => process.stderr.write(`${message}\n`),
  });
  context.cassandra = await startCassandra(context.trial);
  await context.cassandra.init();
});
test.after(({ trial }) => trial?.close());

const insert =
  'INSERT INTO storefront.products_by_hour (hour, product_id, category, views) VALUES (?, ?, ?, ?) USING TIMESTAMP ?';
const hour = new Date('2026-01-02T03:00:00Z');

const refused = (doing: Promise<unknown>) =>
  doing.then(
    () => 'it was allowed',
    (error: Error) => error.message,
  );

test('the Job runs again and changes nothing', async ({ cassandra }) => {
  const look = async () => [
    await cassandra.cqlsh('DESCRIBE KEYSPACE storefront'),
    await cassandra.cqlsh('SELECT role, can_login, is_superuser FROM system_auth.roles'),
    await cassandra.cqlsh('LIST ALL PERMISSIONS'),
  ];
  const before = await look();
  await cassandra.init();
  assert.equal(await look(), before);
  assert.match(before[0] ?? '', 'CREATE TABLE storefront.products_by_hour');
});

test('the reader reads, the writer writes, neither does more, and the first login is none any more', async ({
  cassandra,
}) => {
  const [reader, writer] = [await connect(cassandra, 'reader'), await connect(cassandra, 'writer')];
  try {
    const row = [hour, 'by-the-writer', 'books', 1n, 1n];
    assert.match(await refused(reader.execute(insert, row)), 'has no MODIFY permission');
    await writer.execute(insert, row);
    const { rows } = await reader.execute(
      'SELECT product_id FROM storefront.products_by_hour WHERE hour = ?',
      [hour],
    );
    assert.equal(
      rows.map(({ product_id }) => product_id),
      ['by-the-writer'],
    );
    for (const [statement, permission] of [
      ['CREATE TABLE storefront.mine (id int PRIMARY KEY)', 'CREATE'],
      ['ALTER TABLE storefront.products_by_hour ADD mine int', 'ALTER'],
      ['DROP TABLE storefront.products_by_hour', 'DROP'],
    ] as const) {
      assert.match(await refused(writer.execute(statement)), `has no ${permission} permission`);
    }
    assert.match(await refused(writer.execute('SELECT role FROM system_auth.roles')), 'permission');
  } finally {
    await Promise.all([reader.shutdown(), writer.shutdown()]);
  }
  const first = { ...cassandra, credentials: () => ({ username: 'cassandra', password: 'cassandra' }) };
  assert.match(await refused(connect(first)), /not permitted to log in|incorrect/);
});

test('a node that is killed right after it acknowledged has every row', async ({ cassandra }) => {
  const acknowledged = new Set<string>();
  for (let round = 0; round < 2; round += 1) {
    const writer = await connect(cassandra, 'writer');
    const node = cassandra.node();
    try {
      await Promise.all(
        Array.from({ length: 8 }, async (_, hand) => {
          for (let n = 0; node.state() === undefined; n += 1) {
            const id = `${round}-${hand}-${n}`;
            try {
              await writer.execute(insert, [hour, id, 'books', 1n, 1n]);
            } catch {
              return;
            }
            acknowledged.add(id);
            if (hand === 0 && n === 50) node.signal('SIGKILL');
          }
        }),
      );
      await node.ended;
    } finally {
      await writer.shutdown();
    }
    await cassandra.startNode();
  }
  assert.ok(acknowledged.size > 100, `${acknowledged.size} rows`);
  const reader = await connect(cassandra, 'reader');
  try {
    const { rows } = await reader.execute(
      'SELECT product_id FROM storefront.products_by_hour WHERE hour = ?',
      [hour],
      { fetchSize: 100_000 },
    );
    const there = new Set(rows.map(({ product_id }) => product_id));
    const lost = [...acknowledged].filter((id) => !there.has(id));
    assert.equal(lost, [], `${lost.length} of ${acknowledged.size} rows are lost`);
  } finally {
    await reader.shutdown();
  }
});

test.run();
