import * as assert from 'uvu/assert';
import { until } from '../../../trial/until.ts';
import { startApi } from './api-server.ts';
import { deadline, idOf, openPage, pageSuite, settled, shows, text, violations } from './page-rig.ts';

const test = pageSuite('the page survives what is behind it');

test('a failure is told for as long as it lasts, and what was known stays', async ({ rig }) => {
  await using opened = await openPage(rig);
  const { page } = opened;
  await settled(page);
  let isAway = true;
  await page.route(/\/api\/anomalies\?/, (route) => (isAway ? route.abort() : route.continue()));
  await page.selectOption('.filters select >> nth=0', 'all');
  const failure = /^The server does not answer\. The list is what was known before\.$/;
  await shows(page, '#anomalies .notice', failure);
  assert.ok((await page.locator('.events li').count()) > 10, 'what was known stays');
  const counted = await text(page, '#state');
  // A summary, which is rendered too, is no answer to what was asked.
  const { pool } = rig.platform;
  await pool.change("UPDATE anomalies SET severity = 'major' WHERE location_id = ? AND ended_at IS NULL", [
    idOf(rig.ids, 'Nairobi'),
  ]);
  await until(async () => (await text(page, '#state')) !== counted, { deadline, what: 'another summary' });
  assert.match(await text(page, '#anomalies .notice'), failure);
  assert.ok(await page.isVisible('#anomalies button:has-text("Try again")'));
  isAway = false;
  // In one step: the page asks by itself too, and then the button goes.
  const asked = await page.evaluate(`(() => {
    const { fetch } = window;
    let count = 0;
    window.fetch = (...args) => {
      count += 1;
      return fetch(...args);
    };
    const buttons = [...document.querySelectorAll('#anomalies button')];
    buttons.find(({ textContent }) => textContent === 'Try again')?.click();
    window.fetch = fetch;
    return count;
  })()`);
  assert.is(asked, 1, 'whoever presses the button is asked for at once');
  await until(async () => (await page.locator('.events li').count()) > 26, { deadline, what: 'the list' });
  assert.ok(await page.isHidden('#anomalies .notice'));
  assert.ok(await page.isHidden('#anomalies button:has-text("Try again")'));
});

test('an api that is gone is told by whoever needs it, and all come back by themselves', async ({ rig }) => {
  const { api } = rig;
  await using known = await openPage(rig);
  await settled(known.page);
  await api.worker.stop();
  await shows(known.page, '#live', /^not connected: trying again$/);
  await using opened = await openPage(rig, `#/location/${idOf(rig.ids, 'Tokyo')}`);
  const { page } = opened;
  // What nginx says then is no JSON.
  await shows(page, '#anomalies .notice', /^The server is not well: it answered 50\d\.$/);
  await shows(page, '#map .notice', /it answered 50\d\. Trying again soon/);
  await shows(page, '#place [role=alert]', /it answered 50\d/);
  await shows(page, '#live', /^not connected/);
  assert.equal(await violations(page), []);
  await startApi(rig.platform, 0, { HTTP_ADDRESS: new URL(api.url).host });
  for (const one of [page, known.page]) {
    await shows(one, '#live', /^live$/);
    await until(async () => (await one.locator('.events li').count()) > 20, { deadline, what: 'the list' });
    await until(() => one.isHidden('#anomalies .notice'), { deadline, what: 'nothing to tell' });
    await until(() => one.isHidden('#map .notice'), { deadline, what: 'the map' });
  }
});

test.run();

const empty = pageSuite('the page before the first collection', { weather: false });

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

empty(
  'a database that is away leaves a page that says so, and comes back without a reload',
  async ({ rig }) => {
    const { mysql } = rig.platform.services;
    await mysql.server().stop();
    // The API gives what it read a moment ago, to this page as to any.
    const places = `${rig.url}/api/locations?limit=1000`;
    const isAway = async () => (await fetch(places)).status === 503;
    await until(isAway, { deadline, what: 'an API that has forgotten', every: 500 });
    await using opened = await openPage(rig);
    const { page } = opened;
    await shows(page, '#map .notice', /The database does not answer/);
    await shows(page, '#anomalies .notice', /^(?!.*known before).*The database does not answer/);
    assert.equal(await violations(page), []);
    await mysql.startServer();
    await until(() => page.isHidden('#map .notice'), { deadline: 120_000, what: 'the map comes by itself' });
    await shows(page, '#anomalies .notice', /No data yet/);
    assert.ok(await page.isHidden('#anomalies button:has-text("Try again")'));
  },
);

empty.run();
