import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as assert from 'uvu/assert';
import { steps } from '../../../apps/feastflow/backend/orders/states.ts';
import { boardSteps } from '../../../apps/feastflow/frontend/src/shop/words.ts';
import { buildFeastflowPages, startFeastflowPages } from '../../../trial/feastflow-page.ts';
import { until } from '../../../trial/until.ts';
import { suite } from '../../harness/suite.ts';
import { violations } from '../../harness/violations.ts';
import { deadline, openPage, openPagesRig, type PagesRig, shoot, shows } from './pages-rig.ts';
import { ask, order, password } from './shop.ts';

const test = suite<{ rig: PagesRig }>('the pages');
test.before(async (context) => {
  context.rig = await openPagesRig();
});
test.after(({ rig }) => rig?.close());

test('a page is made on the server, with a policy that no other script passes', async ({ rig }) => {
  const [one, two] = await Promise.all([
    fetch(`${rig.pages.url}/restaurants/golden-wok`),
    fetch(`${rig.pages.url}/restaurants/golden-wok`, { headers: { 'x-forwarded-proto': 'https' } }),
  ]);
  const text = await one.text();
  await two.text();
  assert.is(one.status, 200);
  assert.match(text, /<h1>Golden Wok<\/h1>/);
  assert.match(text, /€11\.80/);
  assert.match(text, /<head>.*<title>Golden Wok · FeastFlow<\/title>.*<\/head>/s);
  const policy = one.headers.get('content-security-policy') ?? '';
  const [, nonce = ''] = /'nonce-([^']+)'/.exec(policy) ?? [];
  assert.match(policy, /default-src 'none'/);
  assert.match(policy, /frame-ancestors 'none'/);
  assert.not.match(policy, /unsafe|https?:|\*/);
  assert.is.not(policy, two.headers.get('content-security-policy'), 'a nonce is used once');
  for (const [script] of text.matchAll(/<script[^>]*>/g))
    assert.ok(script.includes(`nonce="${nonce}"`), script);
  assert.not.match(
    text.replaceAll(/<script.*?<\/script>/gs, ''),
    / style="| on[a-z]+="|https?:\/\/(?!www\.w3\.org)/,
  );
  for (const [name, value] of Object.entries({
    'x-content-type-options': /^nosniff$/,
    'referrer-policy': /^strict-origin/,
    'permissions-policy': /geolocation=\(\)/,
    'cross-origin-opener-policy': /^same-origin$/,
    'cache-control': /no-store/,
  }))
    assert.match(one.headers.get(name) ?? '', value, name);
  assert.is(one.headers.get('x-powered-by'), null);
  assert.is(one.headers.get('strict-transport-security'), null, 'not where there is no https');
  assert.match(two.headers.get('strict-transport-security') ?? '', /max-age=\d{8}/);
  assert.match(two.headers.get('content-security-policy') ?? '', /upgrade-insecure-requests/);
});

test('scripts and styles are kept for ever, and a page weighs little', async ({ rig }) => {
  const text = await (await fetch(`${rig.pages.url}/`)).text();
  const paths = new Set(
    [...text.matchAll(/(?:src|href)="(\/_next\/static\/[^"]+)"/g)].map(([, path]) => path),
  );
  let bytes = 0;
  for (const path of paths) {
    const answer = await fetch(`${rig.pages.url}${path}`, { headers: { 'accept-encoding': 'gzip' } });
    assert.match(answer.headers.get('cache-control') ?? '', /immutable/, path);
    const raw = await answer.arrayBuffer();
    bytes += gzipSync(new Uint8Array(raw)).length;
  }
  assert.ok(bytes < 200_000, `${bytes} bytes, compressed`);
});

test('unknown restaurants and pages are 404', async ({ rig }) => {
  for (const path of ['/restaurants/nobody', '/restaurants/..%2f..%2fready', '/nothing'])
    assert.is((await fetch(`${rig.pages.url}${path}`)).status, 404, path);
});

test('without a stream an order is asked for, and with the next one it is live again', async ({ rig }) => {
  const { shop, backend } = rig;
  const person = await shop.person(backend);
  const { body } = await order(backend, person, [await shop.dish()]);
  const kitchen = await shop.person(backend, 'kitchen', 1);
  await using opened = await openPage(rig, `/log-in?next=/orders/${body.id}`);
  const { page } = opened;
  await page.route('**/events', (route) => route.abort());
  await page.fill('input[name=email]', person.email);
  await page.fill('input[name=password]', password);
  await page.click('main button[type=submit]');
  await shows(page, '.live', /Updated every few seconds/);
  const { status } = await ask(backend, 'POST', `/api/orders/${body.id}/status`, {
    token: kitchen.token,
    body: { status: 'accepted' },
  });
  assert.is(status, 200);
  await shows(page, '#where', /^Accepted$/);
  await page.unroute('**/events');
  await shows(page, '.live', /^Live$/);
});

test('without the backend a page says so, with 503, and comes back by itself', async ({ rig }) => {
  const { shop, pages, backend } = rig;
  await using opened = await openPage(rig);
  const { page } = opened;
  await backend.worker.stop(0);
  const answer = await fetch(pages.url);
  assert.is(answer.status, 503);
  assert.ok(Number(answer.headers.get('retry-after')) > 0);
  assert.match(await answer.text(), /We cannot reach the shop/);
  assert.is((await fetch(`${pages.url}/readyz`)).status, 200, 'it is what can still tell');
  assert.is((await fetch(`${pages.url}/api/restaurants`)).status, 503);
  await page.click('main a:text("Golden Wok")');
  await shows(page, 'main', /We cannot reach the shop/);
  assert.equal(await violations(page), []);
  await shoot(page, 'desktop-away-light');
  await shop.startBackend({ port: Number(new URL(backend.url).port) });
  await shows(page, 'main h1', /^Golden Wok$/);
});

test('told to end, it is not ready, closes connections with their answers, and ends with 0', async ({
  rig,
}) => {
  const { url, server } = await startFeastflowPages(rig.shop.trial, {
    env: { DRAIN_SECONDS: '2' },
    label: 'ending',
  });
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  let heard = '';
  let isClosed = false;
  socket.on('data', (data) => {
    heard += data;
  });
  socket.on('close', () => {
    isClosed = true;
  });
  const send = (path: string) => socket.write(`GET ${path} HTTP/1.1\r\nhost: shop\r\n\r\n`);
  send('/livez');
  await until(() => /ok\n/.test(heard), { deadline, what: 'an answer' });
  assert.match(heard, /Keep-Alive: timeout=95/);
  server.signal('SIGTERM');
  await until(async () => (await fetch(`${url}/readyz`)).status === 503, { deadline, what: 'not ready' });
  heard = '';
  send('/cart');
  await until(() => isClosed, { deadline, what: 'the end of the connection' });
  assert.match(heard, /^HTTP\/1\.1 200 /);
  assert.match(heard, /connection: close/i);
  assert.is((await server.ended).status, 0);
});

test('what a board offers is what the backend allows', () => {
  for (const [role, list] of Object.entries(boardSteps))
    for (const { from, to } of list) {
      const step = steps.find((one) => one.from === from && one.to === to);
      const parts = role === 'courier' ? ['courier', 'carrier'] : [role];
      assert.ok(
        step?.by.some((part) => parts.includes(part)),
        `${role}: ${from} to ${to}`,
      );
    }
});

test('what is built asks no other host, and has no picture library', async () => {
  const folder = await buildFeastflowPages();
  const { config } = JSON.parse(await readFile(join(folder, '.next/required-server-files.json'), 'utf8'));
  assert.is(config.output, 'standalone');
  assert.not.ok(existsSync(join(folder, 'node_modules/sharp')));
});

test.run();
