import pg from 'pg';
import * as assert from 'uvu/assert';
import { type Listening, listen } from '../../../trial/feastflow-live.ts';
import { until } from '../../../trial/until.ts';
import { allIsTold } from '../../alerts/all-is-told.ts';
import { suite } from '../../harness/suite.ts';
import { metricOf } from '../metric-of.ts';
import { connectionsOf } from './crowd.ts';
import { ask, type Backend, openShop, order, type Person, problemOf, type Shop } from './shop.ts';

interface Context {
  shop: Shop;
  near: Backend;
  far: Backend;
  guest: Person;
  kitchen: Person;
  courier: Person;
}

const test = suite<Context>('an order goes its way, and whoever it concerns sees it on any replica');
test.before(async (context) => {
  context.shop = await openShop();
  const { startBackend, person } = context.shop;
  [context.near, context.far] = await Promise.all([startBackend({ index: 0 }), startBackend({ index: 1 })]);
  context.guest = await person(context.near);
  context.kitchen = await person(context.near, 'kitchen', 1);
  context.courier = await person(context.near, 'courier');
});
test.after(({ shop }) => shop?.close());

const move = (backend: Backend, { token }: Person, id: string, status: string, version?: number) =>
  ask(backend, 'POST', `/api/orders/${id}/status`, {
    token,
    body: { status, ...(version === undefined ? {} : { version }) },
  });

/** A transaction that holds what a statement locks, until its connection ends. */
async function holding({ services }: Shop, statement: string, value: unknown): Promise<pg.Client> {
  const client = new pg.Client(services.login);
  await client.connect();
  await client.query('BEGIN');
  await client.query(statement, [value]);
  return client;
}

/** Waits until so many of the backends' transactions wait for a lock. */
async function waiting({ query }: Shop, count: number): Promise<void> {
  const text = `SELECT count(*)::int AS waiting FROM pg_stat_activity
    WHERE application_name = 'feastflow-backend' AND wait_event_type = 'Lock'`;
  await until(async () => (await query<{ waiting: number }>(text))[0]?.waiting === count, {
    deadline: 30_000,
    what: `${count} that wait in their transactions`,
  });
}

/** The status that a listener knows last of an order. */
const knows = ({ events }: Listening, id: string): string | undefined => {
  let known: string | undefined;
  for (const { event, data } of events) {
    if (event === 'orders')
      known = data.orders.find((one: { id: string; status: string }) => one.id === id)?.status;
    else if (data.id === id) known = event === 'gone' ? undefined : data.status;
  }
  return known;
};
const learns = (listening: Listening, id: string, status: string | undefined) =>
  until(() => knows(listening, id) === status, { deadline: 20_000, what: `${status} at a listener` });

test('from the menu to the table: each step by whom it is for, seen on the other replica', async ({
  shop,
  near,
  far,
  guest,
  kitchen,
  courier,
}) => {
  const dish = await shop.dish();
  const board = await listen(far, kitchen, '/api/board/events');
  const road = await listen(far, courier, '/api/board/events');
  const elsewhere = await listen(far, await shop.person(far, 'kitchen', 2), '/api/board/events');
  const { body: placed } = await order(near, guest, [dish]);
  const table = await listen(far, guest, `/api/orders/${placed.id}/events`);
  await learns(board, placed.id, 'placed');
  for (const [who, status] of [
    [kitchen, 'accepted'],
    [kitchen, 'preparing'],
    [kitchen, 'ready'],
  ] as const) {
    assert.is((await move(near, who, placed.id, status)).status, 200, status);
    for (const one of [board, table]) await learns(one, placed.id, status);
    if (status !== 'ready') assert.is(knows(road, placed.id), undefined, 'not a courier’s yet');
  }
  await learns(road, placed.id, 'ready');
  const other = await shop.person(near, 'courier');
  assert.is((await move(near, other, placed.id, 'on-the-way')).status, 200);
  await learns(road, placed.id, undefined);
  assert.is((await move(near, courier, placed.id, 'delivered')).status, 404, 'another carries it');
  const done = await move(near, other, placed.id, 'delivered');
  assert.equal([done.status, done.body.version], [200, 6]);
  for (const one of [board, table]) await learns(one, placed.id, 'delivered');
  const { body } = await ask(far, 'GET', `/api/orders/${placed.id}`, { token: guest.token });
  assert.equal(
    body.changes.map(({ status }: { status: string }) => status),
    ['placed', 'accepted', 'preparing', 'ready', 'on-the-way', 'delivered'],
  );
  assert.equal(
    board.events.filter(({ event, data }) => event === 'order' && data.address !== null),
    [],
    'a kitchen is told no address',
  );
  assert.equal(
    elsewhere.events.filter(({ data }) => data.id === placed.id),
    [],
    'another kitchen is told nothing',
  );
  for (const one of [board, road, table, elsewhere]) one.leave();
});

test('two who move an order at once: one does, and one is told where it is', async ({
  shop,
  near,
  far,
  guest,
  kitchen,
}) => {
  const dish = await shop.dish({ stock: 1 });
  const { body } = await order(near, guest, [dish]);
  const blocker = await holding(shop, 'SELECT id FROM orders WHERE id = $1 FOR UPDATE', body.id);
  const asked = Promise.all([
    move(near, kitchen, body.id, 'accepted', 1),
    move(far, guest, body.id, 'cancelled', 1),
  ]);
  await waiting(shop, 2);
  await blocker.end();
  const answers = await asked;
  assert.equal(answers.map(({ status }) => status).sort(), [200, 409]);
  const lost = answers.find(({ status }) => status === 409);
  assert.is(lost && problemOf(lost), 'wrong-step');
  const [now] = await shop.query<{ status: string }>('SELECT status FROM orders WHERE id = $1', [body.id]);
  assert.is(await shop.stockOf(dish), now?.status === 'cancelled' ? 1 : 0);
});

test('what is rejected or cancelled before it is cooked can be sold again, once', async ({
  shop,
  near,
  far,
  guest,
  kitchen,
}) => {
  const dish = await shop.dish({ stock: 2 });
  const { body: one } = await order(near, guest, [dish]);
  const { body: two } = await order(near, guest, [dish]);
  assert.is(problemOf(await order(near, guest, [dish])), 'sold-out');
  const many = await Promise.all(
    [near, far, near, far].map((each) => move(each, guest, one.id, 'cancelled')),
  );
  assert.equal(many.map(({ status }) => status).sort(), [200, 409, 409, 409]);
  assert.is(await shop.stockOf(dish), 1);
  assert.is((await move(near, kitchen, two.id, 'rejected')).status, 200);
  assert.is(await shop.stockOf(dish), 2);
  const { body: three } = await order(near, guest, [dish]);
  const admin = await shop.person(near, 'admin');
  for (const status of ['accepted', 'preparing']) await move(near, kitchen, three.id, status);
  assert.is((await move(near, guest, three.id, 'cancelled')).status, 403, 'it is being cooked');
  assert.is((await move(near, admin, three.id, 'cancelled')).status, 200);
  assert.is(await shop.stockOf(dish), 1, 'what was cooked is not sold again');
});

test('a connection that breaks costs no change: everybody is shown everything anew', async ({
  shop,
  near,
  far,
  guest,
  kitchen,
}) => {
  const dish = await shop.dish();
  const { body } = await order(near, guest, [dish]);
  const table = await listen(far, guest, `/api/orders/${body.id}/events`);
  await learns(table, body.id, 'placed');
  const name = 'feastflow-backend listening';
  const cut = 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1';
  const shown = () => table.events.filter(({ event }) => event === 'orders').length;
  const before = shown();
  await shop.query(cut, [name]);
  assert.is((await move(near, kitchen, body.id, 'accepted')).status, 200);
  await until(() => shown() > before, { deadline: 30_000, what: 'everything anew' });
  await learns(table, body.id, 'accepted');
  assert.is((await move(near, kitchen, body.id, 'preparing')).status, 200);
  await learns(table, body.id, 'preparing');
  assert.is(await metricOf(far.worker, 'feastflow_listening'), 1);
  table.leave();
});

test('a replica that is told to end says so, ends its streams, finishes what it has, and is gone in time', async ({
  shop,
  guest,
}) => {
  const leaving = await shop.startBackend({ index: 2 });
  const dish = await shop.dish();
  const { body } = await order(leaving, guest, [dish]);
  const table = await listen(leaving, guest, `/api/orders/${body.id}/events`);
  await until(() => table.events.length > 0, { deadline: 20_000, what: 'the first event' });
  const slow = await shop.dish();
  const blocker = await holding(shop, 'SELECT id FROM dishes WHERE id = $1 FOR UPDATE', slow);
  const underWay = order(leaving, guest, [slow]).then(
    ({ status }) => status,
    () => 'lost',
  );
  await waiting(shop, 1);
  leaving.worker.signal('SIGTERM');
  await table.ended;
  assert.is(table.events.at(-1)?.event, 'bye');
  const ready = await fetch(`${leaving.url}/ready`);
  assert.equal([ready.status, ready.headers.get('connection')], [503, 'close']);
  const late = await order(leaving, guest, [dish]);
  assert.equal([late.status, late.headers.get('connection')], [201, 'close'], 'who still comes is served');
  const refuses = () =>
    fetch(`${leaving.url}/health`).then(
      () => false,
      () => true,
    );
  await until(refuses, { deadline: 20_000, what: 'no new connection' });
  assert.is(leaving.worker.state(), undefined, 'it waits for the last request');
  await blocker.end();
  assert.is(await underWay, 201, 'what was under way is finished');
  assert.equal(await leaving.worker.ended, { status: 0, signal: null });
});

test('a stream ends with the token that opened it', async ({ shop }) => {
  const short = await shop.startBackend({ index: 2, env: { ACCESS_TOKEN_MINUTES: '1' } });
  const kitchen = await shop.person(short, 'kitchen', 1);
  const [, payload = ''] = kitchen.token.split('.');
  const { iat, exp } = JSON.parse(Buffer.from(payload, 'base64url').toString());
  assert.is(exp - iat, 60);
  // A minute is long for a test: one that was signed by the same key, and is good for three seconds.
  const board = await listen(short, await shortLived(shop, kitchen), '/api/board/events');
  await until(() => board.events.at(-1)?.event === 'bye', {
    deadline: 30_000,
    what: 'the end of the stream',
  });
  await board.ended;
});

test('a stream ends soon when whoever opened it is no courier any more, or has logged out', async ({
  shop,
  near,
  far,
  courier,
}) => {
  const admin = await shop.person(near, 'admin');
  const other = await shop.person(near, 'courier');
  const stays = await listen(far, courier, '/api/board/events');
  const [dismissed, left] = [
    await listen(far, other, '/api/board/events'),
    await listen(far, admin, '/api/board/events'),
  ];
  const { status } = await ask(near, 'PUT', `/api/accounts/${other.id}/role`, {
    token: admin.token,
    body: { role: 'customer' },
  });
  assert.is(status, 200);
  await shop.query(`UPDATE sessions SET revoked_at = now(), revoked_why = 'log-out' WHERE account_id = $1`, [
    admin.id,
  ]);
  for (const one of [dismissed, left]) {
    await until(() => one.events.at(-1)?.event === 'bye', {
      deadline: 30_000,
      what: 'the end of the stream',
    });
    await one.ended;
  }
  assert.ok(stays.events.every(({ event }) => event !== 'bye'));
  stays.leave();
});

test('who waits for a connection is told, and who has one', async ({ shop, near, guest }) => {
  const dish = await shop.dish();
  const connections = connectionsOf(shop);
  const blocker = await holding(shop, 'SELECT id FROM dishes WHERE id = $1 FOR UPDATE', dish);
  const asked = Promise.all(Array.from({ length: connections + 3 }, () => order(near, guest, [dish])));
  const told = async () => {
    const { worker } = near;
    return {
      waiting: await metricOf(worker, 'feastflow_pool_waiting'),
      busy: await metricOf(worker, 'feastflow_pool_connections', 'state="busy"'),
      idle: await metricOf(worker, 'feastflow_pool_connections', 'state="idle"'),
    };
  };
  const held = async () => {
    const { waiting = 0, busy, idle } = await told();
    // What is swept once a minute may wait too.
    return (waiting === 3 || waiting === 4) && busy === connections && idle === 0;
  };
  await until(held, { deadline: 30_000, what: 'three that wait' });
  await blocker.end();
  assert.ok((await asked).every(({ status }) => status === 201));
  const free = async () => {
    // Idle connections are closed after ten seconds.
    await ask(near, 'GET', '/api/restaurants');
    const { waiting, busy, idle = 0 } = await told();
    return waiting === 0 && busy === 0 && idle > 0;
  };
  await until(free, { deadline: 30_000, what: 'a pool that nobody uses' });
});

test('all that alerts and dashboards ask for is told by what runs, which is well', async ({
  shop,
  near,
  far,
  guest,
}) => {
  const restaurants = await ask(near, 'GET', '/api/restaurants');
  assert.is(restaurants.status, 200);
  const wrong = { email: guest.email, password: 'wrong horse battery' };
  assert.is((await ask(near, 'POST', '/api/session', { body: wrong })).status, 401);
  const backends = [near, far].map(
    ({ worker }, index) => [`feastflow-backend-${index}`, worker.metrics] as const,
  );
  await allIsTold({
    trial: shop.trial,
    system: 'feastflow',
    pods: new Map([['feastflow-backend', backends]]),
    // No cluster around.
    trueHere: new Set(['FeastflowAlertsBlind']),
  });
});

async function shortLived(shop: Shop, person: Person): Promise<Person> {
  const { parseKeys } = await import('../../../apps/feastflow/backend/accounts/keys.ts');
  const { signAccess } = await import('../../../apps/feastflow/backend/accounts/tokens.ts');
  const secret = shop.trial.system.model.configurations.find(({ name }) => name === 'feastflow-secret');
  const [key] = parseKeys(secret?.values.get('JWT_KEYS') ?? '');
  if (key === undefined) throw new Error('no key');
  const [, payload = ''] = person.token.split('.');
  const { sub, sid, role, restaurant } = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const ring = { signing: () => key, named: () => key, close: () => {} };
  return { ...person, token: await signAccess(ring, { account: sub, session: sid, role, restaurant }, 3) };
}

test.run();
