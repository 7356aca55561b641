import { createHmac, randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import * as assert from 'uvu/assert';
import { suite } from '../../harness/suite.ts';
import { metricOf } from '../metric-of.ts';
import { ask, type Backend, openShop, order, type Person, password, problemOf, type Shop } from './shop.ts';

interface Context {
  shop: Shop;
  backend: Backend;
  ada: Person;
  bob: Person;
}

/** By OWASP's list of 2023. */
const test = suite<Context>('the ten that APIs are broken by');
test.before(async (context) => {
  context.shop = await openShop();
  context.backend = await context.shop.startBackend();
  context.ada = await context.shop.person(context.backend);
  context.bob = await context.shop.person(context.backend);
});
test.after(({ shop }) => shop?.close());

const seconds = () => Math.floor(Date.now() / 1000);
const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');
/** A token as anybody can make it, with a key or without. */
function forge(header: object, claims: object, key: Buffer | string = ''): string {
  const text = `${encode(header)}.${encode(claims)}`;
  return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;
}

test('1, broken object level authorization: another’s order is as one that is not there', async ({
  shop,
  backend,
  ada,
  bob,
}) => {
  const dish = await shop.dish();
  const { body: mine } = await order(backend, ada, [dish]);
  const [kitchen, courier] = [
    await shop.person(backend, 'kitchen', 2),
    await shop.person(backend, 'courier'),
  ];
  const nobodys = randomUUID();
  for (const { token } of [bob, kitchen, courier]) {
    for (const [method, path, body] of [
      ['GET', '/api/orders/ID', undefined],
      ['GET', '/api/orders/ID/events', undefined],
      ['POST', '/api/orders/ID/status', { status: 'cancelled' }],
    ] as const) {
      const answers = [];
      for (const id of [mine.id, nobodys])
        answers.push(await ask(backend, method, path.replace('ID', id), { token, body }));
      const [his, none] = answers.map((answer) => ({
        ...answer.body,
        status: answer.status,
        instance: '',
      }));
      assert.is(his.status, 404, `${method} ${path}`);
      assert.equal(his, none, 'it is not told that there is one');
    }
  }
  const { body } = await ask(backend, 'GET', '/api/orders', { token: bob.token });
  assert.equal(body.orders, []);
  assert.is((await ask(backend, 'GET', `/api/orders/${mine.id}`, { token: ada.token })).status, 200);
});

test('2, broken authentication: tokens that are forged, expired, of another kind or of nobody’s key', async ({
  shop,
  backend,
  ada,
}) => {
  const secret = shop.trial.system.model.configurations.find(({ name }) => name === 'feastflow-secret');
  const [name = '', encoded = ''] = (secret?.values.get('JWT_KEYS') ?? '').trim().split(' ');
  const key = Buffer.from(encoded, 'base64url');
  const [, payload = ''] = ada.token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const header = { alg: 'HS256', typ: 'at+jwt', kid: name };
  const isGood = async (token: string) =>
    (await ask(backend, 'GET', '/api/accounts/me', { token })).status === 200;
  assert.ok(await isGood(forge(header, claims, key)), 'the forge makes good ones with the key');
  const wrong = {
    'another key': forge(header, claims, 'x'.repeat(32)),
    'no algorithm': `${encode({ ...header, alg: 'none' })}.${encode(claims)}.`,
    'another algorithm': forge({ ...header, alg: 'HS512' }, claims, key),
    'no key’s name': forge({ alg: 'HS256', typ: 'at+jwt' }, claims, key),
    'an unknown key': forge({ ...header, kid: 'old' }, claims, key),
    'a key that is given along': forge(
      { ...header, kid: undefined, jwk: { kty: 'oct', k: encoded } },
      claims,
      key,
    ),
    expired: forge(header, { ...claims, iat: seconds() - 1000, exp: seconds() - 1 }, key),
    'without an end': forge(header, { ...claims, exp: undefined }, key),
    'another kind': forge({ ...header, typ: 'JWT' }, claims, key),
    'for somebody else': forge(header, { ...claims, aud: 'another' }, key),
    'from somebody else': forge(header, { ...claims, iss: 'another' }, key),
    'another’s claims': `${ada.token.split('.')[0]}.${encode({ ...claims, role: 'admin' })}.${ada.token.split('.')[2]}`,
    nothing: '',
  };
  for (const [what, token] of Object.entries(wrong)) assert.not(await isGood(token), what);
  const { headers } = await ask(backend, 'GET', '/api/accounts/me');
  assert.is(headers.get('www-authenticate'), 'Bearer');
});

test('2, broken authentication: who logs in is told the same, and costs the same work, with an account or without', async ({
  backend,
  ada,
}) => {
  const checks = async () =>
    (await metricOf(backend.worker, 'feastflow_password_checks_total')) ?? Number.NaN;
  const tries = [
    [ada.email, 'not the password'],
    ['nobody@example.org', 'not the password'],
    ['nobody@example.org', password],
  ] as const;
  const told = [];
  for (const [email, tried] of tries) {
    const before = await checks();
    const answer = await ask(backend, 'POST', '/api/session', { body: { email, password: tried } });
    assert.is(await checks(), before + 1, 'one password is hashed, and no more');
    assert.is(answer.headers.get('set-cookie'), null);
    told.push([answer.status, answer.body]);
  }
  assert.is(told[0]?.[0], 401);
  assert.equal(told[1], told[0]);
  assert.equal(told[2], told[0]);
});

test('3, broken object property level authorization: nobody sets what is not theirs, nor sees it', async ({
  shop,
  backend,
  ada,
}) => {
  const made = (more: object) =>
    ask(backend, 'POST', '/api/accounts', {
      body: { email: `${randomUUID()}@example.org`, name: 'Eve', password, ...more },
    });
  for (const more of [{ role: 'admin' }, { restaurant: 1 }, { id: randomUUID() }, { password_hash: 'x' }])
    assert.is((await made(more)).status, 400, JSON.stringify(more));
  const { body: account } = await made({});
  assert.is(account.account.role, 'customer');
  const dish = await shop.dish();
  const wants = (item: object, more: object) =>
    ask(backend, 'POST', '/api/orders', {
      token: ada.token,
      headers: { 'idempotency-key': randomUUID() },
      body: { items: [{ dish, quantity: 1, ...item }], address: 'here', ...more },
    });
  for (const [item, more] of [
    [{ priceCents: 1 }, {}],
    [{ quantity: -1 }, {}],
    [{ quantity: 0 }, {}],
    [{ quantity: 1.5 }, {}],
    [{ quantity: '1' }, {}],
    [{}, { totalCents: 1 }],
    [{}, { status: 'delivered' }],
    [{}, { account: randomUUID() }],
    [{}, { __proto__: null, constructor: {} }],
  ] as const)
    assert.is((await wants(item, more)).status, 400, JSON.stringify([item, more]));
  const { body: placed } = await order(backend, ada, [dish]);
  assert.equal(Object.keys(placed).sort(), [
    ...['address', 'changedAt', 'id', 'items', 'note', 'number', 'placedAt', 'restaurant', 'status'],
    ...['totalCents', 'version'],
  ]);
  const kitchen = await shop.person(backend, 'kitchen', 1);
  const seen = await ask(backend, 'GET', `/api/orders/${placed.id}`, { token: kitchen.token });
  assert.equal([seen.status, seen.body.address], [200, null], 'a kitchen needs no address');
  const me = await ask(backend, 'GET', '/api/accounts/me', { token: ada.token });
  assert.not.match(JSON.stringify(me.body), /argon2|hash/i);
});

test('4, unrestricted resource consumption: bodies, URLs, headers, lists and rates have an end', async ({
  shop,
  backend,
  ada,
}) => {
  const { token } = ada;
  const large = { items: [], padding: 'x'.repeat(17_000) };
  const whole = await ask(backend, 'PUT', '/api/cart', { token, body: large });
  assert.equal([whole.status, problemOf(whole)], [413, 'body-too-large']);
  // Its length is not told before.
  const chunked = await said(
    backend,
    `PUT /api/cart HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n4e20\r\n${'x'.repeat(20_000)}\r\n0\r\n\r\n`,
  );
  assert.match(chunked, /^HTTP\/1\.1 413 /);
  const items = Array.from({ length: 51 }, (_, index) => ({ dish: index + 1, quantity: 1 }));
  assert.is((await ask(backend, 'PUT', '/api/cart', { token, body: { items } })).status, 400);
  assert.is((await ask(backend, 'GET', `/api/restaurants?q=${'a'.repeat(2100)}`)).status, 414);
  assert.match(
    await said(backend, `GET /api/restaurants HTTP/1.1\r\nhost: a\r\ncookie: ${'a'.repeat(20_000)}\r\n\r\n`),
    /^HTTP\/1\.1 431 /,
  );
  const long = { email: ada.email, password: 'x'.repeat(201) };
  assert.is((await ask(backend, 'POST', '/api/session', { body: long })).status, 400);
  const slow = await shop.startBackend({
    index: 1,
    env: { MAX_STREAMS_PER_ACCOUNT: '1', ORDER_RATE_PER_MINUTE: '2' },
  });
  const dish = await shop.dish();
  const { body } = await order(slow, ada, [dish]);
  await order(slow, ada, [dish]);
  const third = await order(slow, ada, [dish]);
  assert.equal(
    [third.status, problemOf(third), third.headers.get('retry-after')],
    [429, 'too-many-requests', '30'],
  );
  const path = `/api/orders/${body.id}/events`;
  const leave = new AbortController();
  const open = await fetch(`${slow.url}${path}`, {
    headers: { authorization: `Bearer ${token}` },
    signal: leave.signal,
  });
  assert.is(open.status, 200);
  assert.is((await ask(slow, 'GET', path, { token })).status, 429);
  leave.abort();
});

test('5, broken function level authorization: each route is for whom it says, and every route says', async ({
  shop,
  backend,
  ada,
}) => {
  const people = {
    guest: { token: undefined },
    customer: ada,
    kitchen: await shop.person(backend, 'kitchen', 1),
    courier: await shop.person(backend, 'courier'),
    admin: await shop.person(backend, 'admin'),
  };
  const dish = await shop.dish();
  const someone = await shop.person(backend);
  const admins = [401, 403, 403, 403, 200];
  for (const [method, path, body, expected] of [
    ['GET', '/api/restaurants', undefined, [200, 200, 200, 200, 200]],
    ['GET', '/api/accounts/me', undefined, [401, 200, 200, 200, 200]],
    ['GET', '/api/cart', undefined, [401, 200, 200, 200, 200]],
    ['GET', '/api/orders', undefined, [401, 200, 200, 200, 200]],
    ['GET', '/api/board', undefined, [401, 403, 200, 200, 200]],
    ['PATCH', `/api/dishes/${dish}`, { stock: 7 }, [401, 403, 200, 403, 200]],
    ['PATCH', `/api/dishes/${dish}`, { priceCents: 7 }, admins],
    ['PUT', `/api/accounts/${someone.id}/role`, { role: 'courier' }, admins],
    ['GET', '/api/audit', undefined, admins],
  ] as const) {
    const statuses = [];
    for (const { token } of Object.values(people))
      statuses.push((await ask(backend, method, path, { token, body })).status);
    assert.equal(statuses, expected, `${method} ${path}`);
  }
  const events = await ask(backend, 'GET', '/api/board/events', { token: ada.token });
  assert.is(events.status, 403);
  const others = await shop.dish({ restaurant: 2 });
  const { token } = people.kitchen;
  const foreign = await ask(backend, 'PATCH', `/api/dishes/${others}`, { token, body: { stock: 1 } });
  assert.is(foreign.status, 404, 'another kitchen’s dish');
  // Who is no admin any more is none with the next request, whatever the token says.
  await shop.query("UPDATE accounts SET role = 'customer' WHERE id = $1", [people.admin.id]);
  assert.is((await ask(backend, 'GET', '/api/audit', { token: people.admin.token })).status, 403);
});

test('6, unrestricted access to a flow: what many accounts try from one address ends, and so does one account’s', async ({
  shop,
}) => {
  const few = await shop.startBackend({ index: 2, env: { LOGIN_RATE_PER_MINUTE: '3' } });
  const email = `${randomUUID()}@example.org`;
  const tried = async (address: string, from: string) => {
    const headers = { 'x-forwarded-for': from };
    const body = { email: address, password: 'not the password' };
    return (await ask(few, 'POST', '/api/session', { headers, body })).status;
  };
  /** All at once, since what is allowed comes back by and by: a minute's worth, and one for each `every` seconds since. */
  const allowed = async (tries: readonly (readonly [string, string])[], most: number, every: number) => {
    const begin = performance.now();
    const statuses = await Promise.all(tries.map(([address, from]) => tried(address, from)));
    const passed = statuses.filter((status) => status === 401).length;
    const more = Math.ceil((performance.now() - begin) / 1000 / every);
    assert.ok(passed >= most && passed <= most + more, `${passed} of ${most} and ${more} passed`);
    assert.is(statuses.filter((status) => status === 429).length, tries.length - passed);
    assert.ok(passed < tries.length);
  };
  const numbers = Array.from({ length: 60 }, (_, index) => index);
  const toOne = numbers.slice(0, 12).map((index) => [email, `10.1.0.${index}`] as const);
  await allowed(toOne, 3, 20);
  await shop.query('DELETE FROM rates');
  // What a client says of where it comes from is not believed beyond the one proxy.
  const fromOne = numbers.map((index) => [`${index}${email}`, `10.3.0.${index}, 10.2.0.1`] as const);
  await allowed(fromOne, 30, 2);
  assert.is(await tried(`x${email}`, '10.3.0.1'), 401);
});

test('7, server side request forgery: nothing of a request is an address that the server asks', async ({
  backend,
}) => {
  // A route that takes one would need a thought of its own: this says so then.
  const { body } = await ask(backend, 'GET', '/api/openapi.json');
  assert.not.match(
    JSON.stringify(body),
    /"format":"(?:uri|url|hostname|ipv4|ipv6)"|[uU]rl"|[wW]ebhook|callback/,
  );
});

test('8, misconfiguration: other types, other origins, other methods, and errors that tell nothing', async ({
  backend,
  ada,
}) => {
  const { token } = ada;
  const form = await fetch(`${backend.url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain', origin: 'https://elsewhere.example' },
    body: JSON.stringify({ email: ada.email, password }),
  });
  assert.is(form.status, 415, 'a form of another page');
  assert.is(form.headers.get('access-control-allow-origin'), null);
  const options = await ask(backend, 'OPTIONS', '/api/cart', {
    headers: { origin: 'https://elsewhere.example' },
  });
  assert.equal([options.status, options.headers.get('allow')], [405, 'DELETE, GET, PUT']);
  const broken = await fetch(`${backend.url}/api/cart`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: '{"items": [',
  });
  assert.is(broken.status, 400);
  assert.not.match(await broken.text(), /node_modules|at .*\.ts|stack/);
  for (const path of [
    '/api/nothing',
    '/api/../health/..',
    '/.env',
    '/api/orders/1',
    '/api/restaurants/%ff',
  ]) {
    const answer = await ask(backend, 'GET', path, { token });
    assert.ok(answer.status === 404 || answer.status === 400, `${path}: ${answer.status}`);
    assert.is(answer.headers.get('x-content-type-options'), 'nosniff');
    assert.is(answer.headers.get('cache-control'), 'no-store');
    assert.match(answer.headers.get('content-type') ?? '', 'application/problem+json');
  }
  const login = await ask(backend, 'POST', '/api/session', {
    headers: { 'x-forwarded-proto': 'https' },
    body: { email: ada.email, password },
  });
  const cookie = login.headers.get('set-cookie') ?? '';
  for (const part of ['HttpOnly', 'SameSite=Strict', 'Secure', 'Path=/api/session'])
    assert.ok(cookie.split('; ').includes(part), part);
  const [, refresh = ''] = /=([\w-]+);/.exec(cookie) ?? [];
  assert.not.match(JSON.stringify(login.body), refresh, 'no script is given it');
});

test('8, misconfiguration: what is typed is never a statement, nor a part of a query', async ({
  shop,
  backend,
  ada,
}) => {
  const evil = [
    "' OR 1=1 --",
    "'; DROP TABLE orders; --",
    'a:* | b',
    '!!!',
    '\\',
    '%',
    "x') @@ to_tsquery('a",
  ];
  for (const text of evil) {
    for (const path of ['/api/restaurants?q=', '/api/dishes?q=']) {
      const answer = await ask(backend, 'GET', `${path}${encodeURIComponent(text)}`);
      assert.is(answer.status, 200, `${path}${text}`);
    }
    const body = { email: `${text.replaceAll(/[\s@]/g, '')}x@example.org`, password: text };
    assert.is((await ask(backend, 'POST', '/api/session', { body })).status, 401, text);
  }
  const dish = await shop.dish();
  const note = "Robert'); DROP TABLE orders; -- %{jndi} <script>alert(1)</script>";
  const placed = await ask(backend, 'POST', '/api/orders', {
    token: ada.token,
    headers: { 'idempotency-key': "';DELETE-FROM-orders;--" },
    body: { items: [{ dish, quantity: 1 }], address: "1' OR '1'='1", note },
  });
  assert.equal([placed.status, placed.body.note, placed.body.address], [201, note, "1' OR '1'='1"]);
  const nul = { items: [{ dish, quantity: 1 }], address: 'a\u0000b' };
  const refused = await ask(backend, 'POST', '/api/orders', {
    token: ada.token,
    headers: { 'idempotency-key': randomUUID() },
    body: nul,
  });
  assert.is(refused.status, 400);
});

test('9, improper inventory: every route is documented, but for the probes and the documents', async ({
  backend,
  ada,
}) => {
  const { body } = await ask(backend, 'GET', '/api/openapi.json');
  for (const [path, methods] of Object.entries<Record<string, { security?: object[] }>>(body.paths)) {
    for (const [method, { security }] of Object.entries(methods)) {
      const where = path.replace('{id}', randomUUID()).replace('{slug}', 'casa-marina');
      const answer = await ask(backend, method.toUpperCase(), where);
      // A body is asked for only of those who may send one.
      assert.is(
        answer.status === 401,
        security !== undefined || path === '/api/session/refresh',
        `${method} ${path}`,
      );
    }
  }
  for (const path of ['/metrics', '/api/metrics', '/api/admin', '/api/v1/orders', '/docs'])
    assert.is((await ask(backend, 'GET', path, { token: ada.token })).status, 404, path);
});

test('10, unsafe consumption of what others say: ids are unguessable, and who asks is not counted by them', async ({
  shop,
  backend,
  ada,
}) => {
  // The shop asks no other API. What it is told of itself, a number or an id, opens nothing.
  const dish = await shop.dish();
  const { body } = await order(backend, ada, [dish]);
  assert.match(body.id, /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  assert.is((await ask(backend, 'GET', `/api/orders/${body.number}`, { token: ada.token })).status, 400);
});

test('what is done to accounts, sessions and menus is in a log that only grows', async ({
  shop,
  backend,
}) => {
  const admin = await shop.person(backend, 'admin');
  const kitchen = await shop.person(backend, 'kitchen', 1);
  const dish = await shop.dish();
  const someone = await shop.person(backend);
  await ask(backend, 'PATCH', `/api/dishes/${dish}`, { token: kitchen.token, body: { stock: 3 } });
  await ask(backend, 'PUT', `/api/accounts/${someone.id}/role`, {
    token: admin.token,
    body: { role: 'courier' },
  });
  await ask(backend, 'POST', '/api/session', { body: { email: someone.email, password: 'wrong' } });
  const { body } = await ask(backend, 'GET', '/api/audit', { token: admin.token });
  const [refused, role, changed] = body.entries;
  assert.equal([refused.action, refused.actor, refused.subject], ['session.refused', null, someone.id]);
  assert.equal(
    [role.action, role.actor, role.subject, role.details],
    ['account.role', admin.id, someone.id, { role: 'courier', restaurant: null }],
  );
  assert.equal(
    [changed.action, changed.actor, changed.subject, changed.details],
    ['dish.changed', kitchen.id, String(dish), { stock: 3 }],
  );
  for (const statement of [
    'UPDATE audit_log SET actor_id = NULL',
    'DELETE FROM audit_log',
    'TRUNCATE audit_log',
  ]) {
    const error = await shop.query(statement).then(
      () => undefined,
      (thrown: Error) => thrown,
    );
    assert.match(error?.message ?? '', 'audit_log only grows', statement);
  }
});

/** What the server says to a text, until it closes or has said it. */
function said({ url }: Backend, text: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(Number(port), hostname, () => socket.write(text));
    socket.setTimeout(20_000, () => socket.destroy(new Error(`no answer to ${text.slice(0, 20)}`)));
    socket.on('data', (piece) => {
      answer += piece;
      socket.end();
    });
    socket.on('error', (error) => (answer === '' ? reject(error) : resolve(answer)));
    socket.on('close', () => resolve(answer));
  });
}

test.run();
