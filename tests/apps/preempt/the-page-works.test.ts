import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { makeAnomaly } from '../../../trial/preempt-weather.ts';
import { until } from '../../../trial/until.ts';
import { suite } from '../../harness/suite.ts';
import { before, idOf, now, openPage, openRig, type Rig, settled } from './page-rig.ts';

const test = suite<{ rig: Rig }>('the page');
const deadline = 20_000;
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

test.before(async (context) => {
  context.rig = await openRig();
});
test.after(({ rig }) => rig?.close());

/** What axe finds wrong, by its rule and the first element of each. */
async function violations(page: Page): Promise<string[]> {
  // By the debugger's way: the page's own policy lets no script in.
  await page.evaluate(axe);
  return page.evaluate<string[]>(
    "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes[0].html + ' ' + nodes[0].failureSummary))",
  );
}

const text = (page: Page, selector: string) =>
  page.evaluate<string>(`document.querySelector(${JSON.stringify(selector)})?.textContent ?? ''`);
const focused = (page: Page) =>
  page.evaluate<string>(
    'document.activeElement.id || document.activeElement.className || document.activeElement.tagName',
  );
const shows = (page: Page, selector: string, what: RegExp) =>
  until(async () => what.test(await text(page, selector)), { deadline, what: `${what} in ${selector}` });

for (const colorScheme of ['light', 'dark'] as const) {
  for (const [width, height] of [
    [360, 780],
    [1440, 900],
  ] as const) {
    test(`${colorScheme}, ${width} wide: every state is accessible, fits, and asks nobody else`, async ({
      rig,
    }) => {
      await using opened = await openPage(rig, '', { viewport: { width, height }, colorScheme });
      const { page, noise } = opened;
      await settled(page);
      const fits = 'document.documentElement.scrollWidth <= innerWidth';
      assert.equal(await violations(page), [], 'the whole');
      assert.ok(await page.evaluate<boolean>(fits), 'it does not scroll sideways');
      await page.fill('#search-input', 'san');
      await page.waitForSelector('#suggestions [role=option]');
      await page.keyboard.press('ArrowDown');
      assert.equal(await violations(page), [], 'suggestions');
      await page.evaluate(`location.hash = '#/location/${idOf(rig.ids, 'Tokyo')}'`);
      await page.waitForSelector('.chart');
      await settled(page);
      await page.click('summary');
      await page.waitForSelector('table');
      assert.equal(await violations(page), [], 'a location');
      assert.ok(await page.evaluate<boolean>(fits), 'nor with a location');
      assert.equal(noise, []);
    });
  }
}

test('by keyboard alone: searched, read, walked along a chart, closed', async ({ rig }) => {
  await using opened = await openPage(rig);
  const { page, noise } = opened;
  await settled(page);
  await page.keyboard.press('Tab');
  assert.is(await focused(page), 'skip');
  await page.keyboard.press('/');
  await page.keyboard.type('REYKJAVIK');
  await page.waitForSelector('#suggestions [role=option]');
  await page.keyboard.press('ArrowDown');
  assert.is(await page.getAttribute('#search-input', 'aria-activedescendant'), 'suggestion-0');
  await page.keyboard.press('Enter');
  await shows(page, '#place h2', /^Reykjavík$/);
  await settled(page);
  assert.is(await focused(page), 'place-title', 'what was asked for is where the reader is');
  assert.match(page.url(), `#/location/${idOf(rig.ids, 'Reykjavík')}`);
  for (let tabs = 0; tabs < 10 && (await focused(page)) !== 'slider'; tabs += 1)
    await page.keyboard.press('Tab');
  const value = () => page.evaluate<string>('document.activeElement.getAttribute("aria-valuetext")');
  const last = await value();
  assert.match(last, / UTC: .*°C, usual /);
  await page.keyboard.press('ArrowLeft');
  const before_ = await value();
  assert.is.not(before_, last);
  await page.keyboard.press('Home');
  assert.is.not(await value(), before_);
  await page.keyboard.press('End');
  assert.is(await value(), last);
  await page.focus('.close');
  await page.keyboard.press('Enter');
  await until(() => page.isHidden('#place'), { deadline, what: 'the place is closed' });
  assert.is.not(await focused(page), 'BODY', 'the reader is not lost');
  assert.equal(noise, []);
});

test('the map is walked by arrow keys, tells where it is, and opens what is chosen', async ({ rig }) => {
  await using opened = await openPage(rig);
  const { page, noise } = opened;
  await settled(page);
  await page.focus('canvas');
  await page.keyboard.press('ArrowRight');
  await shows(page, '#announcer', /, .*: (nothing unusual|.* anomaly)$/);
  const first = await text(page, '#announcer');
  await page.keyboard.press('ArrowUp');
  await until(async () => (await text(page, '#announcer')) !== first, { deadline, what: 'another place' });
  const name = (await text(page, '#announcer')).split(',')[0] ?? '';
  for (const key of ['+', '+', '-', '0', '+']) await page.keyboard.press(key);
  await page.keyboard.press('Enter');
  await until(async () => (await text(page, '#place h2')) === name, { deadline, what: name });
  assert.equal(noise, []);
});

test('the map is clicked, dragged and zoomed by the wheel; over the whole world the page scrolls', async ({
  rig,
}) => {
  await using opened = await openPage(rig, '', { viewport: { width: 1200, height: 500 } });
  const { page, noise } = opened;
  await settled(page);
  const box = await page.locator('canvas').boundingBox();
  assert.ok(box);
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.wheel(0, 200);
  await until(() => page.evaluate<boolean>('scrollY > 50'), { deadline, what: 'the page scrolls' });
  await page.evaluate('scrollTo(0, 0)');
  const picture = () => page.evaluate<string>("document.querySelector('canvas').toDataURL().slice(-4000)");
  const whole = await picture();
  await page.mouse.wheel(0, -400);
  await until(async () => (await picture()) !== whole, { deadline, what: 'it is nearer' });
  assert.is(await page.evaluate<number>('scrollY'), 0);
  const near = await picture();
  await page.mouse.down();
  await page.mouse.move(x + 90, y + 40, { steps: 4 });
  await page.mouse.up();
  await until(async () => (await picture()) !== near, { deadline, what: 'it is dragged' });
  assert.ok(await page.isHidden('#place'), 'a drag is no click');
  await page.click('button[aria-label="Whole world"]');
  await until(async () => (await picture()) === whole, { deadline, what: 'the whole again' });
  assert.equal(noise, []);
});

test('what begins is on the list, in the counts and told once, without anybody asking', async ({ rig }) => {
  await using opened = await openPage(rig);
  const { page, noise } = opened;
  await settled(page);
  const lima = idOf(rig.ids, 'Lima');
  const id = await makeAnomaly(rig.platform.pool, {
    ...{ location: lima, field: 7, startedAt: before(0.2), severity: 'severe' },
    explanation: '<img src=x onerror=alert(1)> is a text like any other.',
  });
  await shows(page, `.events li[data-id="${id}"]`, /Lima, Peru.*<img src=x/);
  await shows(page, '#announcer', /New severe anomaly: Cloud cover in Lima/);
  await shows(page, '#counts', /severe\s*6/);
  await rig.platform.pool.change('UPDATE anomalies SET ended_at = ? WHERE id = ?', [now, id]);
  await until(async () => (await page.locator(`.events li[data-id="${id}"]`).count()) === 0, {
    deadline,
    what: 'what is over leaves the list',
  });
  assert.equal(noise, []);
});

test('an address leads to its location and its time; another time changes the address', async ({ rig }) => {
  const id = idOf(rig.ids, 'Tokyo');
  await using opened = await openPage(rig, `#/location/${id}/28d`);
  const { page, noise } = opened;
  await page.waitForSelector('.chart');
  assert.is(await page.isChecked('input[value="28d"]'), true);
  await page.check('input[value="365d"]', { force: true });
  await until(() => page.url().endsWith(`#/location/${id}/365d`), { deadline, what: 'the address' });
  await page.waitForSelector('.plot .extremes', { state: 'attached' });
  await page.goto(`${rig.url}/#/location/4`);
  await shows(page, '#place [role=alert]', /there is no location 4/);
  assert.equal(
    noise.filter((line) => !line.includes('404')),
    [],
  );
});

test('charts show the band, each anomaly by its sign, and the same as a table', async ({ rig }) => {
  await using opened = await openPage(rig, `#/location/${idOf(rig.ids, 'Tokyo')}`);
  const { page } = opened;
  await page.waitForSelector('.chart');
  await settled(page);
  assert.is(await page.locator('figure').count(), 7);
  assert.is(await page.locator('figure:first-of-type .plot .sign.severe').count(), 1);
  assert.ok((await page.getAttribute('figure .plot .band', 'd'))?.startsWith('M'));
  await page.click('figure:first-of-type summary');
  assert.ok((await page.locator('figure:first-of-type tbody tr').count()) > 150);
  assert.match(await text(page, 'figure:first-of-type tbody tr:last-child'), /UTC.* to .*severe/);
});

test('a server that is away is told, tried again, and comes back without a reload', async ({ rig }) => {
  await using opened = await openPage(rig);
  const { page } = opened;
  await settled(page);
  await page.context().setOffline(true);
  await page.selectOption('.filters select >> nth=0', 'all');
  await shows(page, '#anomalies .notice', /The server does not answer/);
  assert.ok((await page.locator('.events li').count()) > 10, 'what was known stays');
  await page.context().setOffline(false);
  await page.click('#anomalies button:has-text("Try again")');
  await until(async () => (await page.locator('.events li').count()) > 26, { deadline, what: 'the list' });
});

test('who wants less motion gets none', async ({ rig }) => {
  await using opened = await openPage(rig, '', { reducedMotion: 'reduce' });
  const { page } = opened;
  await settled(page);
  const id = await makeAnomaly(rig.platform.pool, {
    location: idOf(rig.ids, 'Lima'),
    field: 5,
    startedAt: before(0.4),
  });
  await page.waitForSelector(`.events li.new[data-id="${id}"]`);
  assert.is(await page.evaluate<number>('document.getAnimations().length'), 0);
});

test('nginx sends a strict policy with everything, keeps assets for ever and the page not at all', async ({
  rig,
}) => {
  const page = await fetch(rig.url);
  const policy = page.headers.get('content-security-policy') ?? '';
  assert.match(policy, "default-src 'self'");
  assert.not.match(policy, /unsafe|\*|https?:/);
  assert.is(page.headers.get('cache-control'), 'no-cache');
  const html = await page.text();
  assert.not.match(html, /<style|style="|<script>|onclick/);
  const assets = [...new Set([...html.matchAll(/"(\/assets\/[^"]+)"/g)].map(([, path]) => path ?? ''))];
  assert.ok(assets.length >= 4);
  let total = 0;
  for (const path of ['/', ...assets]) {
    const answer = await fetch(`${rig.url}${path}`, { headers: { 'accept-encoding': 'gzip' } });
    total += Number(answer.headers.get('content-length'));
    assert.is(answer.headers.get('content-encoding'), 'gzip', path);
    assert.is(answer.headers.get('x-content-type-options'), 'nosniff');
    if (path !== '/') assert.match(answer.headers.get('cache-control') ?? '', 'immutable');
  }
  assert.ok(total > 10_000 && total < 150_000, `${total} bytes`);
  const missing = await fetch(`${rig.url}/assets/old-0123456789.js`);
  assert.equal([missing.status, missing.headers.get('cache-control')], [404, null]);
  const api = await fetch(`${rig.url}/api/locations?limit=100`, { headers: { 'accept-encoding': 'gzip' } });
  assert.equal(
    [api.headers.get('content-encoding'), api.headers.get('cache-control')],
    ['gzip', 'public, max-age=5'],
  );
  assert.is(api.headers.get('x-content-type-options'), 'nosniff');
});

test("the API's own page tries a request, under its policy, and is accessible", async ({ rig }) => {
  await using opened = await openPage(rig, 'api/docs');
  const { page, noise } = opened;
  await page.waitForSelector('section form');
  await page.fill('form[aria-label="/api/locations"] input[name=q]', 'tokyo');
  await page.click('form[aria-label="/api/locations"] button');
  await shows(page, 'pre:not([hidden])', /200[\s\S]*"name": "Tokyo"/);
  assert.equal(await violations(page), []);
  assert.equal(noise, []);
});

test.run();

const empty = suite<{ rig: Rig }>('the page before the first collection');
empty.before(async (context) => {
  context.rig = await openRig({ weather: false });
});
empty.after(({ rig }) => rig?.close());

for (const colorScheme of ['light', 'dark'] as const) {
  empty(`${colorScheme}: it says that there is nothing yet, and when there will be`, async ({ rig }) => {
    await using opened = await openPage(rig, `#/location/${idOf(rig.ids, 'Tokyo')}`, { colorScheme });
    const { page, noise } = opened;
    await shows(page, '#anomalies .notice', /No data yet: the first collection comes within five minutes/);
    await shows(page, '#place .notice', /No weather of this place yet/);
    await settled(page);
    assert.equal(await violations(page), []);
    assert.equal(noise, []);
  });
}

empty('an api that is away leaves a page that says so, and is accessible', async ({ rig }) => {
  const { server } = rig.platform.services.mysql;
  await server().stop();
  await using opened = await openPage(rig);
  const { page } = opened;
  await shows(page, '#map .notice', /The database does not answer/);
  await shows(page, '#anomalies .notice', /The database does not answer/);
  assert.equal(await violations(page), []);
  await rig.platform.services.mysql.startServer();
  await until(() => page.isHidden('#map .notice'), { deadline: 30_000, what: 'the map comes by itself' });
});

empty.run();
