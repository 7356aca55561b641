import { randomBytes, randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { until } from '../../../trial/until.ts';
import { suite } from '../../harness/suite.ts';
import { ask, type Backend, openShop, order, type Person, password, problemOf, type Shop } from './shop.ts';

interface Context {
  shop: Shop;
  replicas: Backend[];
}

const test = suite<Context>('sessions are refreshed once a token, and keys change while it runs');
test.before(async (context) => {
  context.shop = await openShop();
  context.replicas = await Promise.all([0, 1].map((index) => context.shop.startBackend({ index })));
});
test.after(({ shop }) => shop?.close());

const cookieOf = (headers: Headers) =>
  /^(feastflow_refresh=[\w-]*);/.exec(headers.get('set-cookie') ?? '')?.[1] ?? '';
const logIn = async (backend: Backend, { email }: Pick<Person, 'email'>) => {
  const answer = await ask(backend, 'POST', '/api/session', { body: { email, password } });
  return { cookie: cookieOf(answer.headers), token: answer.body.accessToken as string };
};
const refresh = (backend: Backend, cookie: string) =>
  ask(backend, 'POST', '/api/session/refresh', { headers: { cookie } });
const isSignedIn = async (backend: Backend, token: string) =>
  (await ask(backend, 'GET', '/api/accounts/me', { token })).status === 200;

test('an account is made once for an address, however it is written', async ({ replicas }) => {
  const [one, two] = replicas as [Backend, Backend];
  const made = (backend: Backend, email: string) =>
    ask(backend, 'POST', '/api/accounts', { body: { email, name: 'Eve', password } });
  const answers = await Promise.all([made(one, 'eve@example.org'), made(two, 'Eve@Example.org')]);
  assert.equal(answers.map(({ status }) => status).sort(), [201, 409]);
  assert.ok((await logIn(one, { email: 'EVE@example.org' })).cookie.length > 40);
  assert.is((await made(one, 'not an address')).status, 400);
});

test('a refresh token is good once; one that comes again ends its session, and no other', async ({
  shop,
  replicas,
}) => {
  const [one, two] = replicas as [Backend, Backend];
  const person = await shop.person(one);
  const [session, another] = [await logIn(one, person), await logIn(two, person)];
  const first = await refresh(two, session.cookie);
  assert.is(first.status, 200);
  assert.ok(await isSignedIn(one, first.body.accessToken));
  const second = await refresh(one, cookieOf(first.headers));
  assert.is(second.status, 200);
  const stolen = await refresh(two, cookieOf(first.headers));
  assert.equal([stolen.status, problemOf(stolen), cookieOf(stolen.headers)], [401, 'session-ended', '']);
  assert.is((await refresh(one, cookieOf(second.headers))).status, 401, 'the newest is no good any more');
  assert.is((await refresh(one, another.cookie)).status, 200, 'another log-in is not touched');
  const [noted] = await shop.query('SELECT actor_id FROM audit_log WHERE action = $1', ['session.reuse']);
  assert.equal(noted, { actor_id: person.id });
});

test('one refresh token at two replicas at once is good for one at most, and then for none', async ({
  shop,
  replicas,
}) => {
  const [one, two] = replicas as [Backend, Backend];
  const { cookie } = await logIn(one, await shop.person(one));
  const answers = await Promise.all([one, two, one, two].map((backend) => refresh(backend, cookie)));
  const good = answers.filter(({ status }) => status === 200);
  assert.is(good.length, 1);
  assert.is((await refresh(one, cookieOf(good[0]?.headers ?? new Headers()))).status, 401);
});

test('who logs out is out, and a token that expired or was made up opens nothing', async ({
  shop,
  replicas,
}) => {
  const [one, two] = replicas as [Backend, Backend];
  const person = await shop.person(one);
  const { cookie } = await logIn(one, person);
  const out = await ask(two, 'DELETE', '/api/session', { headers: { cookie } });
  assert.equal([out.status, cookieOf(out.headers)], [204, 'feastflow_refresh=']);
  assert.is((await refresh(one, cookie)).status, 401);
  const old = await logIn(one, person);
  await shop.query("UPDATE refresh_tokens SET expires_at = now() - interval '1 s' WHERE used_at IS NULL");
  assert.is((await refresh(one, old.cookie)).status, 401);
  assert.is((await refresh(one, `feastflow_refresh=${randomBytes(32).toString('base64url')}`)).status, 401);
  assert.is((await refresh(one, '')).status, 401);
  // Who is more than a customer is asked about at once, not when the token ends.
  const admin = await shop.person(one, 'admin');
  const session = await logIn(one, admin);
  assert.is((await ask(two, 'GET', '/api/audit', { token: session.token })).status, 200);
  await ask(one, 'DELETE', '/api/session', { headers: { cookie: session.cookie } });
  assert.is((await ask(two, 'GET', '/api/audit', { token: session.token })).status, 401);
});

test('the database holds no token and no password', async ({ shop, replicas }) => {
  const [one] = replicas as [Backend];
  const person = await shop.person(one);
  const { cookie, token } = await logIn(one, person);
  const [, refreshToken = ''] = cookie.split('=');
  const tables = ['accounts', 'sessions', 'refresh_tokens', 'audit_log', 'rates'];
  for (const table of tables) {
    const rows = JSON.stringify(await shop.query(`SELECT t::text AS row FROM ${table} t`));
    const hex = Buffer.from(refreshToken).toString('hex');
    const raw = Buffer.from(refreshToken, 'base64url').toString('hex');
    for (const secret of [password, refreshToken, hex, raw, token])
      assert.not.ok(rows.includes(secret), table);
  }
  const [row] = await shop.query<{ hash: string }>(
    'SELECT password_hash AS hash FROM accounts WHERE id = $1',
    [person.id],
  );
  assert.match(row?.hash ?? '', /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
});

test('a key is added, signs, and is withdrawn, while nobody is logged out', async ({ shop }) => {
  const file = join(shop.trial.folder, 'keys-of-this-test');
  const key = (name: string) => `${name} ${randomBytes(32).toString('base64url')}`;
  const [old, fresh] = [key('old'), key('new')];
  await writeFile(file, `${old}\n`);
  const backend = await shop.startBackend({ index: 2, env: { JWT_KEYS_FILE: file } });
  const person = await shop.person(backend);
  const keyOf = (token: string) =>
    JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid;
  assert.is(keyOf(person.token), 'old');
  const changed = async (text: string) => {
    const told = () => backend.worker.log().match(/the keys of tokens have changed/g)?.length ?? 0;
    const before = told();
    await writeFile(file, text);
    await until(() => told() > before, { deadline: 30_000, what: 'the new keys' });
  };
  await changed(`${old}\n${fresh}\n`);
  assert.is(keyOf((await logIn(backend, person)).token), 'old', 'the first signs');
  await changed(`${fresh}\n${old}\n`);
  const renewed = (await logIn(backend, person)).token;
  assert.is(keyOf(renewed), 'new');
  assert.ok((await isSignedIn(backend, person.token)) && (await isSignedIn(backend, renewed)));
  await writeFile(file, 'new tooshort\n');
  await until(() => backend.worker.log().includes('the keys before stay'), {
    deadline: 30_000,
    what: 'the complaint',
  });
  assert.ok(await isSignedIn(backend, renewed), 'a broken file changes nothing');
  assert.not.match(backend.worker.log(), /tooshort/);
  await changed(`${fresh}\n`);
  assert.not(await isSignedIn(backend, person.token));
  assert.ok(await isSignedIn(backend, renewed));
});

test('a rate is one rate for all replicas', async ({ shop }) => {
  const env = { LOGIN_RATE_PER_MINUTE: '4' };
  const replicas = await Promise.all([3, 4].map((index) => shop.startBackend({ index, env })));
  const body = { email: 'somebody@example.net', password: 'wrong' };
  const begin = performance.now();
  const answers = await Promise.all(
    Array.from({ length: 16 }, (_, index) =>
      ask(replicas[index % 2] as Backend, 'POST', '/api/session', { body }),
    ),
  );
  const passed = answers.filter(({ status }) => status === 401).length;
  const more = Math.ceil((performance.now() - begin) / 15_000);
  assert.ok(passed >= 4 && passed <= 4 + more, `${passed} passed`);
});

test('who has ordered too much is still told what came of an order that was placed', async ({ shop }) => {
  const backend = await shop.startBackend({ index: 2, env: { ORDER_RATE_PER_MINUTE: '1' } });
  const guest = await shop.person(backend);
  const dish = await shop.dish();
  const key = randomUUID();
  const placed = await order(backend, guest, [dish], key);
  assert.is(placed.status, 201);
  const again = await order(backend, guest, [dish], key);
  assert.equal([again.status, again.body.id], [200, placed.body.id]);
  assert.is(problemOf(await order(backend, guest, [dish])), 'too-many-requests');
});

test.run();
