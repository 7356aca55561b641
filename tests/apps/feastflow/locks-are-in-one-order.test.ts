import pg from 'pg';
import * as assert from 'uvu/assert';
import { until } from '../../../trial/until.ts';
import { suite } from '../../harness/suite.ts';
import { waitingOrders } from './crowd.ts';
import { type Answer, ask, type Backend, openShop, order, type Person, type Shop } from './shop.ts';

/**
 * What a backend's connections are told of plans. One by an index gives the order by chance, until the planner takes
 * another: here rows come as they stand, or the other way round.
 */
const plans = {
  'as they stand': '-c enable_indexscan=off -c enable_bitmapscan=off -c enable_hashjoin=off',
  hashed: '-c enable_indexscan=off -c enable_bitmapscan=off -c enable_mergejoin=off -c enable_nestloop=off',
} as const;
type Plan = keyof typeof plans;

interface Context {
  shop: Shop;
  backends: Readonly<Record<Plan, Backend>>;
}

const test = suite<Context>('rows are locked from the lowest dish on, so that no two wait for each other');
test.before(async (context) => {
  const shop = await openShop();
  context.shop = shop;
  const start = (plan: Plan) => shop.startBackend({ env: { PGOPTIONS: plans[plan] } });
  context.backends = { 'as they stand': await start('as they stand'), hashed: await start('hashed') };
});
test.after(({ shop }) => shop?.close());

/** Somebody, and two dishes of which the higher stands first in every table. */
interface Given {
  readonly backend: Backend;
  readonly buyer: Person;
  readonly lower: number;
  readonly higher: number;
}

/** What locks the row of a dish, whoever has it. */
const tables = {
  dishes: 'SELECT id FROM dishes WHERE id = $1 AND $2::uuid IS NOT NULL FOR UPDATE',
  cart_items: 'SELECT dish_id FROM cart_items WHERE dish_id = $1 AND account_id = $2 FOR UPDATE',
} as const;

const fromTheHighest = ({ backend, buyer, lower, higher }: Given) => order(backend, buyer, [higher, lower]);
const emptied = ({ backend, buyer: { token } }: Given) => ask(backend, 'DELETE', '/api/cart', { token });
const refilled = ({ backend, buyer: { token }, lower, higher }: Given) =>
  ask(backend, 'PUT', '/api/cart', {
    token,
    body: { items: [higher, lower].map((dish) => ({ dish, quantity: 2 })) },
  });
/** What is ordered first, and given back by what the test asks then. */
const cancelled = async (given: Given): Promise<() => Promise<Answer>> => {
  const { body } = await fromTheHighest(given);
  const { backend, buyer } = given;
  return () =>
    ask(backend, 'POST', `/api/orders/${body.id}/status`, {
      token: buyer.token,
      body: { status: 'cancelled' },
    });
};

type Way = readonly [
  table: keyof typeof tables,
  status: number,
  prepare: (given: Given) => Promise<() => Promise<Answer>>,
];
const ways: Readonly<Record<string, Way>> = {
  'the dishes of an order': ['dishes', 201, async (given) => () => fromTheHighest(given)],
  'the dishes of an order that gives them back': ['dishes', 200, cancelled],
  'the lines of a cart, by an order': ['cart_items', 201, async (given) => () => fromTheHighest(given)],
  'the lines of a cart that is emptied': ['cart_items', 204, async (given) => () => emptied(given)],
  'the lines of a cart that is filled anew': ['cart_items', 200, async (given) => () => refilled(given)],
};

for (const plan of Object.keys(plans) as Plan[])
  for (const [what, [table, status, prepare]] of Object.entries(ways)) {
    test(`${what}, where rows are read ${plan}`, async ({ shop, backends }) => {
      const backend = backends[plan];
      const buyer = await shop.person(backend);
      const [lower, higher] = [await shop.dish(), await shop.dish()];
      assert.ok(lower < higher);
      const act = await prepare({ backend, buyer, lower, higher });
      // A name is in an index: its row is written anew, behind the other.
      await shop.query("UPDATE dishes SET name = name || ', renamed' WHERE id = $1", [lower]);
      for (const dish of [higher, lower])
        await shop.query('INSERT INTO cart_items VALUES ($1, $2, 1)', [buyer.id, dish]);
      const blocker = new pg.Client(shop.services.login);
      await blocker.connect();
      try {
        await blocker.query('BEGIN');
        assert.is((await blocker.query(tables[table], [lower, buyer.id])).rowCount, 1);
        const answer = act();
        await until(async () => (await waitingOrders(shop)).length === 1, {
          deadline: 30_000,
          what: 'the statement that waits for the lowest',
        });
        const free = await shop.query(`${tables[table]} SKIP LOCKED`, [higher, buyer.id]);
        assert.is(free.length, 1, 'the higher is locked before the lower');
        await blocker.query('COMMIT');
        assert.is((await answer).status, status);
      } finally {
        await blocker.end();
      }
    });
  }

test.run();
