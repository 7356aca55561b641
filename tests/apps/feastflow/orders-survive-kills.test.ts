import { randomUUID } from 'node:crypto';
import pg from 'pg';
import * as assert from 'uvu/assert';
import { until } from '../../../trial/until.ts';
import { suite } from '../../harness/suite.ts';
import { connectionsOf, crowdOf, rowsOf, waitingOrders } from './crowd.ts';
import { type Answer, type Backend, openShop, order, type Person, type Shop } from './shop.ts';

interface Context {
  shop: Shop;
  replicas: Backend[];
  buyers: Person[];
}

const test = suite<Context>('an order is there whole or not at all, whoever is killed');

test.before(async (context) => {
  context.shop = await openShop();
  context.replicas = await Promise.all([0, 1].map((index) => context.shop.startBackend({ index })));
  const [first] = context.replicas as [Backend];
  context.buyers = await crowdOf(context.shop, first, 60);
});
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
      const [buyer] = buyers as [Person];
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
  const victim = await shop.startBackend({ index: 2 });
  // Some are surely under way however fast the others are, and leave those the rest of the connections.
  const held = Math.floor(connectionsOf(shop) / 2);
  assert.ok(held > 0, 'no connection is left beside one that waits');
  const [free, awaited] = [await shop.dish({ stock: 100 }), await shop.dish({ stock: 100 })];
  // The worst order to arrive in: those that wait have their connections first.
  const orders = buyers
    .slice(0, 60)
    .map((buyer, index) => ({ buyer, dish: index < held ? awaited : free, key: randomUUID() }));
  const blocker = new pg.Client(shop.services.login);
  blocker.on('error', () => {});
  await blocker.connect();
  const acknowledged: string[] = [];
  /** As a client does: a slow machine may be past the deadline of a lock before the others are through. */
  const insist = async ({ buyer, dish, key }: (typeof orders)[number]) => {
    let answer: Answer | undefined;
    do answer = await order(victim, buyer, [dish], key).catch(() => undefined);
    while (answer?.status === 503);
    if (answer?.status === 201 || answer?.status === 200) acknowledged.push(answer.body.id);
  };
  try {
    await blocker.query('BEGIN');
    await blocker.query('SELECT id FROM dishes WHERE id = $1 FOR UPDATE', [awaited]);
    const asked = orders.map(insist);
    await until(async () => acknowledged.length >= 5 && (await waitingOrders(shop)).length > 0, {
      deadline: 60_000,
      what: 'orders that are acknowledged, and one in its statement',
    });
    victim.worker.signal('SIGKILL');
    await Promise.all([...asked, victim.worker.ended]);
  } finally {
    await blocker.end();
  }
  const retried = await Promise.all(
    orders.map(({ buyer, dish, key }) => order(replicas[1] as Backend, buyer, [dish], key)),
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
  assert.equal([await shop.stockOf(free), await shop.stockOf(awaited)], [100 - (60 - held), 100 - held]);
});

test.run();
