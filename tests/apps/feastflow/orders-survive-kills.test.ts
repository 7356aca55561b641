import { randomUUID } from 'node:crypto';
import pg from 'pg';
import * as assert from 'uvu/assert';
import { until } from '../../../trial/until.ts';
import { suite } from '../../harness/suite.ts';
import { type Crowd, gather, rowsOf, waitingOrders } from './crowd.ts';
import { type Backend, order, type Person } from './shop.ts';

const test = suite<Crowd>('whoever is killed amid an order leaves it whole, or not there');

test.before((context) => gather(context, 80));
test.after(({ shop }) => shop?.close());

/** Statements that stop an order: before anything is taken, and when most is written but not committed. */
const stops = [
  ['its dish is awaited', 'SELECT id FROM dishes WHERE id = $1 FOR UPDATE'],
  [
    'it is written and not committed',
    'SELECT r.id FROM restaurants r JOIN dishes d ON d.restaurant_id = r.id WHERE d.id = $1 FOR UPDATE OF r',
  ],
] as const;
/** Who ends: the database's own process goes on with what a backend that is gone has asked. */
const ends = ['the backend', 'its connection in the database'] as const;

for (const [when, lock] of stops)
  for (const who of ends) {
    test(`${who} is killed while ${when}: the order is there whole or not at all, and its key has one`, async ({
      shop,
      replicas,
      buyers,
    }) => {
      // Of those that have ordered least: orders a minute are counted.
      const buyer = buyers.at(-1) as Person;
      const victim = await shop.startBackend({ index: 2 });
      const dish = await shop.dish({ stock: 5, restaurant: 4 });
      const key = randomUUID();
      const before = await rowsOf(shop);
      const blocker = new pg.Client(shop.services.login);
      blocker.on('error', () => {});
      await blocker.connect();
      await blocker.query('BEGIN');
      await blocker.query(lock, [dish]);
      const lost = order(victim, buyer, [dish], key).then(
        ({ status }) => status,
        () => 'lost',
      );
      const waiting = () => waitingOrders(shop);
      await until(async () => (await waiting()).length === 1, {
        deadline: 30_000,
        what: 'the order in its statement',
      });
      if (who === 'the backend') {
        victim.worker.signal('SIGKILL');
        await victim.worker.ended;
        assert.is(await lost, 'lost');
      } else {
        await shop.query('SELECT pg_terminate_backend($1)', await waiting());
        assert.is(await lost, 503);
        victim.worker.signal('SIGKILL');
        await victim.worker.ended;
      }
      await blocker.query('ROLLBACK');
      await blocker.end();
      await until(async () => (await waiting()).length === 0, {
        deadline: 30_000,
        what: 'the end of its statement',
      });
      const placed = await order(replicas[0] as Backend, buyer, [dish], key);
      const good = who === 'the backend' ? [200, 201] : [201];
      assert.ok(good.includes(placed.status), JSON.stringify(placed.body));
      const again = await order(replicas[1] as Backend, buyer, [dish], key);
      assert.equal([again.status, again.body.id], [200, placed.body.id]);
      const after = await rowsOf(shop);
      assert.equal(after, {
        orders: before.orders + 1,
        items: before.items + 1,
        keys: before.keys + 1,
        changes: before.changes + 1,
      });
      assert.is(await shop.stockOf(dish), 4);
    });
  }

test('kill -9 amid many orders: each is whole or not there, and all that were acknowledged are', async ({
  shop,
  replicas,
  buyers,
}) => {
  const victim = await shop.startBackend({ index: 2, env: { DB_POOL_SIZE: '6' } });
  // A few wait for their dish, so that some are surely under way however fast the others are: fewer than it has connections.
  const held = 3;
  const dishes = [await shop.dish({ stock: 100 }), await shop.dish({ stock: 100 })] as const;
  const dishOf = (index: number) => dishes[index < held ? 1 : 0];
  const blocker = new pg.Client(shop.services.login);
  blocker.on('error', () => {});
  await blocker.connect();
  const keys = buyers.slice(0, 60).map((buyer) => ({ buyer, key: randomUUID() }));
  const acknowledged: string[] = [];
  try {
    await blocker.query('BEGIN');
    await blocker.query('SELECT id FROM dishes WHERE id = $1 FOR UPDATE', [dishes[1]]);
    const send = (from: number, to?: number) =>
      keys.slice(from, to).map(({ buyer, key }, index) =>
        order(victim, buyer, [dishOf(from + index)], key).then(
          (answer) => {
            if (answer.status === 201) acknowledged.push(answer.body.id);
          },
          () => {},
        ),
      );
    const first = send(0, held);
    await until(async () => (await waitingOrders(shop)).length === held, {
      deadline: 30_000,
      what: `${held} orders in their statements`,
    });
    const others = send(held);
    await until(() => acknowledged.length >= 5, { deadline: 30_000, what: 'orders that are acknowledged' });
    victim.worker.signal('SIGKILL');
    await Promise.all([...first, ...others, victim.worker.ended]);
    assert.ok(acknowledged.length < 60, `${acknowledged.length} were acknowledged`);
  } finally {
    await blocker.end();
  }
  const retried = await Promise.all(
    keys.map(({ buyer, key }, index) => order(replicas[1] as Backend, buyer, [dishOf(index)], key)),
  );
  for (const { status } of retried) assert.ok(status === 200 || status === 201, String(status));
  const ids = retried.map(({ body }) => body.id);
  assert.is(new Set(ids).size, 60);
  for (const id of acknowledged) assert.ok(ids.includes(id));
  const broken = await shop.query(
    `SELECT o.id FROM orders o
     WHERE (SELECT count(*) FROM order_items WHERE order_id = o.id) = 0
        OR (SELECT count(*) FROM order_changes WHERE order_id = o.id) = 0
        OR (SELECT count(*) FROM order_keys WHERE order_id = o.id) <> 1`,
  );
  assert.equal(broken, []);
  assert.is(await shop.stockOf(dishes[0]), 100 - (60 - held));
  assert.is(await shop.stockOf(dishes[1]), 100 - held);
});

test.run();
