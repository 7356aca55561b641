import { randomUUID } from 'node:crypto';
import pg from 'pg';
import * as assert from 'uvu/assert';
import { until } from '../../../trial/until.ts';
import { suite } from '../../harness/suite.ts';
import { crowdOf, rowsOf, waitingOrders } from './crowd.ts';
import {
  type Answer,
  ask,
  type Backend,
  openShop,
  order,
  type Person,
  problemOf,
  type Shop,
} from './shop.ts';

interface Context {
  shop: Shop;
  replicas: Backend[];
  buyers: Person[];
}

const test = suite<Context>('an order is placed once, or not at all');

test.before(async (context) => {
  context.shop = await openShop();
  context.replicas = await Promise.all([0, 1].map((index) => context.shop.startBackend({ index })));
  const [first] = context.replicas as [Backend];
  context.buyers = await crowdOf(context.shop, first, 200);
});
test.after(({ shop }) => shop?.close());

test('two hundred people order the last ten at once: ten orders, and the rest are told that it is sold out', async ({
  shop,
  replicas,
  buyers,
}) => {
  const dish = await shop.dish({ stock: 10 });
  const answers = await Promise.all(
    buyers.map((buyer, index) => order(replicas[index % 2] as Backend, buyer, [dish])),
  );
  const placed = answers.filter(({ status }) => status === 201);
  assert.is(placed.length, 10);
  for (const answer of answers.filter((one) => !placed.includes(one))) {
    assert.equal([answer.status, problemOf(answer)], [409, 'sold-out']);
    assert.equal(answer.body.errors, [{ dish, left: 0 }]);
  }
  assert.is(await shop.stockOf(dish), 0);
  const [sold] = await shop.query('SELECT count(*)::int AS orders FROM order_items WHERE dish_id = $1', [
    dish,
  ]);
  assert.equal(sold, { orders: 10 });
});

test('two dishes, ordered in either order by many at once, lock nobody out', async ({
  shop,
  replicas,
  buyers,
}) => {
  const [one, two] = [await shop.dish({ stock: 30 }), await shop.dish({ stock: 30 })];
  const answers = await Promise.all(
    buyers
      .slice(0, 60)
      .map((buyer, index) =>
        order(replicas[index % 2] as Backend, buyer, index % 3 === 0 ? [two, one] : [one, two]),
      ),
  );
  assert.is(answers.filter(({ status }) => status === 201).length, 30);
  assert.is(answers.filter((answer) => problemOf(answer) === 'sold-out').length, 30);
  assert.equal([await shop.stockOf(one), await shop.stockOf(two)], [0, 0]);
});

test('what somebody gives back while it is ordered is sold to whoever waited for it', async ({
  shop,
  replicas,
  buyers,
}) => {
  const [backend] = replicas as [Backend];
  const dish = await shop.dish({ stock: 0 });
  const giver = new pg.Client(shop.services.login);
  await giver.connect();
  try {
    await giver.query('BEGIN');
    await giver.query('UPDATE dishes SET stock = 1 WHERE id = $1', [dish]);
    const answer = order(backend, buyers.at(-2) as Person, [dish]);
    await until(async () => (await waitingOrders(shop)).length === 1, {
      deadline: 30_000,
      what: 'the order in its statement',
    });
    await giver.query('COMMIT');
    const { status, body } = await answer;
    assert.is(status, 201, JSON.stringify(body));
    assert.is(await shop.stockOf(dish), 0);
  } finally {
    await giver.end();
  }
});

test('one key, sent with two orders to two replicas at once: one of them, and the other is told so', async ({
  shop,
  replicas,
  buyers,
}) => {
  const buyer = buyers.at(-3) as Person;
  const dishes = [await shop.dish({ stock: 3 }), await shop.dish({ stock: 3 })];
  for (let round = 0; round < 5; round += 1) {
    const key = randomUUID();
    const answers = await Promise.all(
      dishes.map((dish, index) => order(replicas[index] as Backend, buyer, [dish], key)),
    );
    assert.equal(answers.map(({ status }) => status).sort(), [201, 422]);
    assert.is(problemOf(answers.find(({ status }) => status === 422) as Answer), 'key-reused');
    const left = await Promise.all(dishes.map((dish) => shop.stockOf(dish)));
    assert.is((left[0] ?? 0) + (left[1] ?? 0), 6 - 1);
    await shop.query('UPDATE dishes SET stock = 3 WHERE id = ANY($1)', [dishes]);
  }
});

test('one key, sent to two replicas at once and again later: one order, which every answer has', async ({
  shop,
  replicas,
  buyers,
}) => {
  const [buyer] = buyers as [Person];
  const dish = await shop.dish({ stock: 1 });
  const key = randomUUID();
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, index) => order(replicas[index % 2] as Backend, buyer, [dish], key)),
  );
  assert.equal(answers.map(({ status }) => status).sort(), [...Array(7).fill(200), 201]);
  const again = await order(replicas[1] as Backend, buyer, [dish], key);
  assert.is(again.status, 200);
  assert.is(new Set([...answers, again].map(({ body }) => body.id)).size, 1);
  assert.is(await shop.stockOf(dish), 0);
});

test('a key with another order is refused; another’s same key is another key', async ({
  shop,
  replicas,
  buyers,
}) => {
  const [backend] = replicas as [Backend];
  const [buyer, other] = buyers as [Person, Person];
  const [one, two] = [await shop.dish(), await shop.dish()];
  const key = randomUUID();
  assert.is((await order(backend, buyer, [one, two], key)).status, 201);
  assert.is((await order(backend, buyer, [two, one], key)).status, 200, 'the same in another order');
  const refused = await order(backend, buyer, [two], key);
  assert.equal([refused.status, problemOf(refused)], [422, 'key-reused']);
  assert.is((await order(backend, other, [two], key)).status, 201);
});

test('what is refused leaves nothing, and its key free', async ({ shop, replicas, buyers }) => {
  const [backend] = replicas as [Backend];
  const [buyer] = buyers as [Person];
  const [there, gone] = [await shop.dish({ stock: 5 }), await shop.dish({ stock: 0 })];
  const key = randomUUID();
  const before = await rowsOf(shop);
  const refused = await order(backend, buyer, [there, gone], key);
  assert.equal(refused.body.errors, [{ dish: gone, left: 0 }]);
  assert.equal(await rowsOf(shop), before);
  assert.is(await shop.stockOf(there), 5);
  await shop.query('UPDATE dishes SET stock = 1 WHERE id = $1', [gone]);
  assert.is((await order(backend, buyer, [there, gone], key)).status, 201);
});

test('a price is the menu’s of that moment, and an order keeps the one that it had', async ({
  shop,
  replicas,
  buyers,
}) => {
  const [backend] = replicas as [Backend];
  const [buyer] = buyers as [Person];
  const dish = await shop.dish({ cents: 700 });
  const wants = (expectedTotalCents: number) =>
    ask(backend, 'POST', '/api/orders', {
      token: buyer.token,
      headers: { 'idempotency-key': randomUUID() },
      body: { items: [{ dish, quantity: 3 }], address: 'here', expectedTotalCents },
    });
  const refused = await wants(3);
  assert.equal([problemOf(refused), refused.body.errors], ['price-changed', [{ totalCents: 2100 }]]);
  const placed = await wants(2100);
  assert.equal([placed.status, placed.body.totalCents], [201, 2100]);
  await shop.query('UPDATE dishes SET price_cents = 900 WHERE id = $1', [dish]);
  assert.is(problemOf(await wants(2100)), 'price-changed');
  const { body } = await ask(backend, 'GET', `/api/orders/${placed.body.id}`, { token: buyer.token });
  assert.equal([body.totalCents, body.items[0].priceCents], [2100, 700]);
});

test('an order may cost what its parts may: the largest is placed, and no total is too large to be refused', async ({
  shop,
  replicas,
  buyers,
}) => {
  const [backend] = replicas as [Backend];
  const { token } = buyers.at(-4) as Person;
  const dishes = await Promise.all(Array.from({ length: 50 }, () => shop.dish({ cents: 1_000_000 })));
  const totalCents = 50 * 50 * 1_000_000;
  const wants = (expectedTotalCents: number) =>
    ask(backend, 'POST', '/api/orders', {
      token,
      headers: { 'idempotency-key': randomUUID() },
      body: { items: dishes.map((dish) => ({ dish, quantity: 50 })), address: 'here', expectedTotalCents },
    });
  assert.is(problemOf(await wants(Number.MAX_SAFE_INTEGER)), 'price-changed');
  assert.is(problemOf(await wants(1e300)), 'invalid-request');
  const placed = await wants(totalCents);
  assert.equal([placed.status, placed.body.totalCents], [201, totalCents]);
});

test('what is ordered leaves the cart, and only that; a closed kitchen and two restaurants are refused', async ({
  shop,
  replicas,
  buyers,
}) => {
  const [backend] = replicas as [Backend];
  const { token } = buyers[0] as Person;
  const [one, two] = [await shop.dish({ restaurant: 2 }), await shop.dish({ restaurant: 2 })];
  const items = [one, two].map((dish) => ({ dish, quantity: 2 }));
  const cart = await ask(backend, 'PUT', '/api/cart', { token, body: { items } });
  assert.equal([cart.body.items.length, cart.body.totalCents], [2, 2800]);
  assert.is((await order(backend, { token }, [one])).status, 201);
  const left = await ask(backend, 'GET', '/api/cart', { token });
  assert.equal(
    left.body.items.map((item: { dish: number }) => item.dish),
    [two],
  );
  const mixed = [two, await shop.dish({ restaurant: 3 })];
  assert.is(problemOf(await order(backend, { token }, mixed)), 'contradictory-request');
  await shop.query('UPDATE restaurants SET is_open = false WHERE id = 2');
  assert.is(problemOf(await order(backend, { token }, [two])), 'not-offered');
  await shop.query('UPDATE restaurants SET is_open = true WHERE id = 2');
  await shop.query('UPDATE dishes SET is_offered = false WHERE id = $1', [two]);
  assert.is(problemOf(await order(backend, { token }, [two])), 'not-offered');
  assert.is(problemOf(await order(backend, { token }, [2_000_000_000])), 'not-offered');
});

test.run();
