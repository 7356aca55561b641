import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import * as assert from 'uvu/assert';
import { kinds } from '../../../apps/feastflow/backend/problems.ts';
import { suite } from '../../harness/suite.ts';
import { root } from '../../house/repository.ts';
import { type Answer, ask, type Backend, openShop, order, type Person, password, type Shop } from './shop.ts';

interface Context {
  shop: Shop;
  backend: Backend;
}

const test = suite<Context>('the API and its description');
test.before(async (context) => {
  context.shop = await openShop();
  context.backend = await context.shop.startBackend();
});
test.after(({ shop }) => shop?.close());

test('every answer is as the OpenAPI document says, and each that it names for a route is seen', async ({
  shop,
  backend,
}) => {
  const { body: document } = await ask(backend, 'GET', '/api/openapi.json');
  assert.match(document.openapi, /^3\.1/);
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  formats.default(ajv);
  const [ada, kitchen, courier, admin] = [
    await shop.person(backend),
    await shop.person(backend, 'kitchen', 1),
    await shop.person(backend, 'courier'),
    await shop.person(backend, 'admin'),
  ] as const;
  const dish = await shop.dish();
  const elsewhere = await shop.dish({ restaurant: 2 });
  const none = await shop.dish({ stock: 0 });
  const { body: placed } = await order(backend, ada, [dish]);
  const { body: second } = await order(backend, ada, [dish]);
  const someone = await shop.person(backend);
  const seen = new Map<string, Set<string>>();
  const judge = (method: string, path: string, answer: Answer) => {
    const { responses } = document.paths[path][method.toLowerCase()];
    const type = answer.headers.get('content-type')?.split(';')[0] ?? '';
    const told = responses[String(answer.status)] ?? responses.default;
    const where = `${method} ${path} ${answer.status} ${type} ${JSON.stringify(answer.body)}`;
    assert.ok(answer.status < 500, where);
    if (answer.status !== 204) {
      const schema = told?.content?.[type]?.schema;
      assert.ok(schema, `${where} is documented`);
      const valid = ajv.compile(schema);
      assert.ok(valid(answer.body), `${where}: ${ajv.errorsText(valid.errors)}`);
    }
    const statuses = seen.get(`${method} ${path}`) ?? new Set();
    seen.set(`${method} ${path}`, statuses.add(String(answer.status)));
  };
  type Case = readonly [
    string,
    string,
    Partial<Person> | undefined,
    unknown?,
    Record<string, string>?,
    string?,
  ];
  const key = { 'idempotency-key': randomUUID() };
  const wants = (...dishes: number[]) => ({
    items: dishes.map((one) => ({ dish: one, quantity: 1 })),
    address: 'here',
  });
  const login = await ask(backend, 'POST', '/api/session', { body: { email: ada.email, password } });
  const cookie = { cookie: (login.headers.get('set-cookie') ?? '').split(';')[0] ?? '' };
  const eve = { email: `${randomUUID()}@example.org`, name: 'Eve', password };
  const cases: readonly Case[] = [
    ['GET', '/api/restaurants', undefined],
    ['GET', '/api/restaurants', undefined, undefined, {}, '?q=wok'],
    ['GET', '/api/restaurants', undefined, undefined, {}, '?unknown=1'],
    ['GET', '/api/restaurants/{slug}', undefined, undefined, {}, 'casa-marina'],
    ['GET', '/api/restaurants/{slug}', undefined, undefined, {}, 'nobody'],
    ['GET', '/api/restaurants/{slug}', undefined, undefined, {}, 'A%20b'],
    ['GET', '/api/dishes', undefined, undefined, {}, '?q=piz&vegetarian=true'],
    ['GET', '/api/dishes', undefined, undefined, {}, ''],
    ['POST', '/api/accounts', undefined, eve],
    ['POST', '/api/accounts', undefined, eve],
    ['POST', '/api/accounts', undefined, { ...eve, password: 'short' }],
    ['GET', '/api/accounts/me', kitchen],
    ['GET', '/api/accounts/me', undefined],
    ['POST', '/api/session', undefined, { email: ada.email, password }],
    ['POST', '/api/session', undefined, { email: ada.email, password: 'wrong' }],
    ['POST', '/api/session', undefined, {}],
    ['POST', '/api/session/refresh', undefined, undefined, cookie],
    ['POST', '/api/session/refresh', undefined, undefined, cookie],
    ['DELETE', '/api/session', undefined, undefined, cookie],
    ['PUT', '/api/cart', ada, { items: wants(dish).items }],
    ['PUT', '/api/cart', ada, { items: wants(dish, elsewhere).items }],
    ['PUT', '/api/cart', ada, {}],
    ['PUT', '/api/cart', undefined, { items: [] }],
    ['GET', '/api/cart', ada],
    ['GET', '/api/cart', undefined],
    ['DELETE', '/api/cart', ada],
    ['DELETE', '/api/cart', undefined],
    ['POST', '/api/orders', ada, wants(dish), key],
    ['POST', '/api/orders', ada, wants(dish), key],
    ['POST', '/api/orders', ada, wants(none), { 'idempotency-key': randomUUID() }],
    ['POST', '/api/orders', ada, wants(none), key],
    ['POST', '/api/orders', ada, wants(dish)],
    ['POST', '/api/orders', undefined, wants(dish), key],
    ['GET', '/api/orders', ada],
    ['GET', '/api/orders', ada, undefined, {}, '?before=x'],
    ['GET', '/api/orders', undefined],
    ['GET', '/api/orders/{id}', ada, undefined, {}, placed.id],
    ['GET', '/api/orders/{id}', ada, undefined, {}, 'x'],
    ['GET', '/api/orders/{id}', ada, undefined, {}, randomUUID()],
    ['GET', '/api/orders/{id}', undefined, undefined, {}, placed.id],
    ['GET', '/api/board', kitchen],
    ['GET', '/api/board', ada],
    ['GET', '/api/board', undefined],
    ['POST', '/api/orders/{id}/status', courier, { status: 'accepted' }, {}, placed.id],
    ['POST', '/api/orders/{id}/status', ada, { status: 'accepted' }, {}, placed.id],
    ['POST', '/api/orders/{id}/status', kitchen, { status: 'accepted' }, {}, placed.id],
    ['POST', '/api/orders/{id}/status', kitchen, { status: 'accepted' }, {}, placed.id],
    ['POST', '/api/orders/{id}/status', kitchen, { status: 'eaten' }, {}, placed.id],
    ['POST', '/api/orders/{id}/status', undefined, { status: 'accepted' }, {}, second.id],
    ['PATCH', '/api/dishes/{id}', kitchen, { stock: 9 }, {}, String(dish)],
    ['PATCH', '/api/dishes/{id}', kitchen, { priceCents: 9 }, {}, String(dish)],
    ['PATCH', '/api/dishes/{id}', kitchen, { stock: 9 }, {}, String(elsewhere)],
    ['PATCH', '/api/dishes/{id}', admin, {}, {}, String(dish)],
    ['PATCH', '/api/dishes/{id}', undefined, { stock: 9 }, {}, String(dish)],
    ['PUT', '/api/accounts/{id}/role', admin, { role: 'kitchen', restaurant: 1 }, {}, someone.id],
    ['PUT', '/api/accounts/{id}/role', admin, { role: 'kitchen' }, {}, someone.id],
    ['PUT', '/api/accounts/{id}/role', admin, { role: 'cook' }, {}, someone.id],
    ['PUT', '/api/accounts/{id}/role', admin, { role: 'courier' }, {}, randomUUID()],
    ['PUT', '/api/accounts/{id}/role', admin, { role: 'kitchen', restaurant: 99_999 }, {}, someone.id],
    ['PUT', '/api/accounts/{id}/role', kitchen, { role: 'courier' }, {}, someone.id],
    ['PUT', '/api/accounts/{id}/role', undefined, { role: 'courier' }, {}, someone.id],
    ['GET', '/api/audit', admin],
    ['GET', '/api/audit', admin, undefined, {}, '?before=0'],
    ['GET', '/api/audit', courier],
    ['GET', '/api/audit', undefined],
  ];
  for (const [method, path, person, body, headers = {}, rest = ''] of cases) {
    const where = path.includes('{') ? path.replace(/\{\w+\}/, rest) : `${path}${rest}`;
    judge(method, path, await ask(backend, method, where, { token: person?.token, body, headers }));
  }
  for (const [path, methods] of Object.entries<Record<string, { responses: object }>>(document.paths)) {
    // Streams are read elsewhere; what a rate refuses, too.
    if (path.endsWith('/events')) continue;
    for (const [method, { responses }] of Object.entries(methods)) {
      const named = Object.keys(responses).filter((status) => status !== 'default' && status !== '429');
      const found = seen.get(`${method.toUpperCase()} ${path}`) ?? new Set();
      assert.equal(
        named.filter((status) => !found.has(status)),
        [],
        `${method} ${path}`,
      );
    }
  }
});

test('each type of problem leads to what it means', async ({ backend }) => {
  for (const [name, { status }] of Object.entries(kinds)) {
    const { body } = await ask(backend, 'GET', `/api/problems/${name}`);
    assert.equal([body.type, body.status], [`/api/problems/${name}`, status]);
    assert.ok(body.means.length > 10);
  }
});

test('the guide names every path, and none that is not there', async ({ backend }) => {
  const guide = await readFile(join(root, 'docs/systems/feastflow.md'), 'utf8');
  const [, table = ''] = /^\| path +\|.*\n\| ?-.*\n((?:\|.*\n)+)/m.exec(guide) ?? [];
  const named = table.split('\n').flatMap((row) => {
    const [, first = ''] = row.split('|');
    return [...first.matchAll(/`([A-Z]+ [^`]+)`/g)].map(([, path = '']) =>
      path.replace('ID', '{id}').replace('SLUG', '{slug}'),
    );
  });
  const { body } = await ask(backend, 'GET', '/api/openapi.json');
  const documented = Object.entries<object>(body.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  assert.equal(named.sort(), documented.sort());
});

test('menus may be used for moments, and all else is for whoever asked alone', async ({ shop, backend }) => {
  const { token } = await shop.person(backend, 'admin');
  for (const [path, control] of [
    ['/api/restaurants', 'public, max-age=5'],
    ['/api/restaurants/casa-marina', 'public, max-age=2'],
    ['/api/dishes?q=pizza', 'public, max-age=2'],
    ['/api/restaurants/nobody', 'no-store'],
    ['/api/accounts/me', 'no-store'],
    ['/api/orders', 'no-store'],
    ['/api/board', 'no-store'],
    ['/health', 'no-store'],
    ['/ready', 'no-store'],
  ] as const) {
    const { headers } = await ask(backend, 'GET', path, { token });
    assert.equal(
      [headers.get('cache-control'), headers.get('x-content-type-options')],
      [control, 'nosniff'],
      path,
    );
  }
});

test('a search finds dishes by how their words begin, those of open kitchens that are offered', async ({
  shop,
  backend,
}) => {
  const find = async (query: string) =>
    (await ask(backend, 'GET', `/api/dishes?q=${encodeURIComponent(query)}`)).body.dishes.map(
      ({ name }: { name: string }) => name,
    );
  assert.equal(await find('tirami'), ['Tiramisù']);
  assert.equal(await find('KASE moun'), ['Käsespätzle']);
  assert.equal(await find('spring roll'), ['Spring rolls']);
  assert.equal(await find('xyzzy'), []);
  const { body } = await ask(backend, 'GET', '/api/dishes?q=dosas&vegetarian=true');
  assert.equal(
    body.dishes.map(({ vegetarian }: { vegetarian: boolean }) => vegetarian),
    [true, true],
  );
  const { body: restaurants } = await ask(backend, 'GET', '/api/restaurants?q=jager');
  assert.equal(
    restaurants.restaurants.map(({ slug }: { slug: string }) => slug),
    ['cafe-jaegerhof'],
  );
  await shop.query("UPDATE dishes SET is_offered = false WHERE name = 'Tiramisù'");
  assert.equal(await find('tirami'), []);
});

test('the demo’s command fills a shop once, and says how to log in', async ({ shop, backend }) => {
  const { startWorker } = await import('../../../trial/worker.ts');
  const { finished } = await import('../../../trial/process/start.ts');
  const before = await shop.query('SELECT count(*)::int AS dishes FROM dishes');
  await shop.query("DELETE FROM sessions; DELETE FROM accounts WHERE email = 'guest@feastflow.example'");
  const run = await startWorker(shop.trial, {
    workload: 'Deployment/feastflow-backend',
    label: 'demo',
    command: ([node = '']) => [node, 'apps/feastflow/demo.ts'],
  });
  await finished(run, 60_000);
  assert.equal(await shop.query('SELECT count(*)::int AS dishes FROM dishes'), before);
  const line = JSON.parse(
    run
      .log()
      .split('\n')
      .find((one) => one.includes('the shop is filled')) ?? '{}',
  );
  assert.equal(line.accounts, ['guest@feastflow.example']);
  const body = { email: 'guest@feastflow.example', password: line.password };
  assert.is((await ask(backend, 'POST', '/api/session', { body })).status, 200);
});

test.run();
