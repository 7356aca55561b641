import * as assert from 'uvu/assert';
import { until } from '../../../trial/until.ts';
import { deadline, focused, idOf, openPage, pageSuite, settled, shows, violations } from './page-rig.ts';

/** Pages of one test and of the one before, whose streams end a moment after they are closed. */
const streams = 8;
const test = pageSuite('the page', { env: { MAX_STREAMS_PER_ADDRESS: String(streams) } });

for (const colorScheme of ['light', 'dark'] as const) {
  for (const [width, height] of [
    [320, 640],
    [768, 1000],
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

test('an address leads to its location and its time; another time changes the address', async ({ rig }) => {
  const id = idOf(rig.ids, 'Tokyo');
  await using opened = await openPage(rig, `#/location/${id}/28d`);
  const { page, noise } = opened;
  await page.waitForSelector('.chart');
  assert.is(await page.isChecked('input[value="28d"]'), true);
  await page.check('input[value="365d"]', { force: true });
  await until(() => page.url().endsWith(`#/location/${id}/365d`), { deadline, what: 'the address' });
  await page.waitForSelector('.plot .extremes', { state: 'attached' });
  await shows(page, 'title', /^Tokyo: Preempt$/);
  await page.click('.close');
  await shows(page, 'title', /^Preempt: weather anomalies$/);
  await page.goto(`${rig.url}/#/location/4`);
  await shows(page, '#place [role=alert]', /there is no location 4/);
  assert.equal(
    noise.filter((line) => !line.includes('404')),
    [],
  );
});

test('who made the weather, the places and the map is named below', async ({ rig }) => {
  await using opened = await openPage(rig);
  const { page } = opened;
  await shows(page, 'footer', /Weather data by Open-Meteo\.com \(CC BY 4\.0\)/);
  await shows(page, 'footer', /Places by GeoNames \(CC BY 4\.0\)[\s\S]*Natural Earth[\s\S]*UTC/);
  const links = await page.evaluate<string[]>(
    "[...document.querySelectorAll('footer a')].map((one) => one.getAttribute('href'))",
  );
  assert.equal(links, ['https://open-meteo.com/', 'https://www.geonames.org/', '/api/docs']);
});

const strict = {
  'content-security-policy':
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
};

test('nginx sends a strict policy with everything, keeps assets for ever and the page not at all', async ({
  rig,
}) => {
  const page = await fetch(rig.url);
  for (const path of ['/', '/api/fields', '/assets/none.js']) {
    const { headers } = await fetch(`${rig.url}${path}`);
    // The docs' and the API's own policy may be another; they are never less than one.
    for (const [name, value] of Object.entries(strict))
      assert.is(headers.get(name), value, `${name} of ${path}`);
  }
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

test('behind nginx, a client is known by its own address, whatever it says of itself', async ({ rig }) => {
  const open: Response[] = [];
  try {
    const refused = await until(
      async () => {
        const headers = { 'x-forwarded-for': `192.0.2.${open.length}` };
        const answer = await fetch(`${rig.url}/api/stream`, { headers });
        open.push(answer);
        return answer.status === 429 ? answer : open.length > streams ? 'too many' : undefined;
      },
      { deadline, what: 'the limit', every: 1 },
    );
    assert.is.not(refused, 'too many');
  } finally {
    for (const { body } of open) await body?.cancel();
  }
});

test.run();
