import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import type { Anomaly, Series } from '../../../apps/preempt/frontend/src/api.ts';
import { makeAnomaly } from '../../../trial/preempt-weather.ts';
import { until } from '../../../trial/until.ts';
import {
  before,
  boxOf,
  deadline,
  focused,
  idOf,
  now,
  openPage,
  pageSuite,
  settled,
  shows,
  text,
} from './page-rig.ts';

const test = pageSuite('charts tell the numbers that the API gives');

const first = 'figure:first-of-type';

/** Opens a place and gives what the page got of its temperature, and where its first chart has its numbers. */
async function openChart(page: Page, open: () => Promise<unknown>) {
  const asked = page.waitForResponse(/observations\?field=temperature_2m/);
  await open();
  const series = (await (await asked).json()) as Series;
  await page.waitForSelector(`${first} .plot .line`, { state: 'attached' });
  await settled(page);
  const [ticks, inner] = await page.evaluate<[[string, number][], [number, number]]>(
    `[[...document.querySelectorAll('${first} .tick[text-anchor=end]')].map((one) => [one.textContent, one.getAttribute('y') - 4]),
      (({ x, width }) => [x.baseVal.value, width.baseVal.value])(document.querySelector('${first} clipPath rect'))]`,
  );
  const [low, high] = [ticks[0], ticks.at(-1)].map((tick) => [
    Number(tick?.[0].replace('−', '-')),
    tick?.[1] ?? 0,
  ]);
  const [[from = 0, top = 0], [to = 0, bottom = 0]] = [low ?? [], high ?? []];
  const [start, end] = [Date.parse(series.from), Date.parse(series.to)];
  return {
    series,
    x: (at: number | string) => inner[0] + ((new Date(at).getTime() - start) / (end - start)) * inner[1],
    y: (value: number) => top + ((value - from) / (to - from)) * (bottom - top),
  };
}

const drawn = (page: Page, selector: string) =>
  page.evaluate<[number, number][]>(
    `[...document.querySelectorAll('${first} ${selector}')].flatMap((one) => [...one.getAttribute('d').matchAll(/([-.\\d]+) ([-.\\d]+)/g)].map(([, x, y]) => [+x, +y]))`,
  );

function isNear(
  found: readonly (readonly [number, number])[],
  wanted: readonly (readonly [number, number])[],
) {
  assert.is(found.length, wanted.length);
  const worst = Math.max(
    ...found.map(([x, y], index) => Math.hypot(x - (wanted[index]?.[0] ?? 0), y - (wanted[index]?.[1] ?? 0))),
  );
  assert.ok(worst < 0.2, `off by ${worst} pixels`);
}

test('the line, the band, the signs and the time of each anomaly stand where their numbers are', async ({
  rig,
}) => {
  await using opened = await openPage(rig);
  const { page, noise } = opened;
  const id = idOf(rig.ids, 'Tokyo');
  const { series, x, y } = await openChart(page, () => page.evaluate(`location.hash = '#/location/${id}'`));
  assert.is(await page.locator('figure').count(), 7);
  assert.is(series.bucketSeconds, null);
  isNear(
    await drawn(page, '.line'),
    series.observations.map(({ at, mean }) => [x(at), y(mean)]),
  );
  const edge = (side: 'lower' | 'upper') =>
    series.band.map((one): [number, number] => [x(one.at), y(one[side])]);
  isNear(await drawn(page, '.band'), [...edge('upper'), ...edge('lower').toReversed()]);
  const { anomalies } = (await (
    await fetch(`${rig.url}/api/anomalies?location=${id}&field=temperature_2m&state=all`)
  ).json()) as { anomalies: Anomaly[] };
  const [one] = anomalies;
  assert.ok(one !== undefined && anomalies.length === 1);
  const place = await page.getAttribute(`${first} .plot path.sign.severe`, 'transform');
  const [, signX, signY] = /translate\(([-.\d]+) ([-.\d]+)\)/.exec(place ?? '') ?? [];
  isNear([[Number(signX), Number(signY)]], [[x(one.peakAt), y(one.value)]]);
  const box = await page.evaluate<[number, number]>(
    `(({ x, width }) => [x.baseVal.value, x.baseVal.value + width.baseVal.value])(document.querySelector('${first} rect.event.severe'))`,
  );
  isNear([box], [[x(one.startedAt), x(series.to)]]);
  await page.click(`${first} summary`);
  // The table is made when it is opened.
  const rows = page.locator(`${first} tbody tr`);
  await until(async () => (await rows.count()) === series.observations.length, {
    deadline: 30_000,
    what: `a table of ${series.observations.length} rows`,
  });
  assert.match(await text(page, `${first} tbody tr:last-child`), /UTC.* to .*severe/);
  assert.equal(noise, []);
});

test('a year is drawn by means, with the extremes between which they lie', async ({ rig }) => {
  const id = idOf(rig.ids, 'London');
  await using opened = await openPage(rig, `#/location/${id}`);
  const { page } = opened;
  await page.waitForSelector('.chart');
  await settled(page);
  const { series, x, y } = await openChart(page, () => page.check('input[value="365d"]', { force: true }));
  assert.ok(page.url().endsWith(`#/location/${id}/365d`));
  assert.is(await focused(page), 'INPUT', 'who chose the time is still there');
  assert.ok((series.bucketSeconds ?? 0) > 3600);
  const edge = (side: 'min' | 'max') =>
    series.observations.map((one): [number, number] => [x(one.at), y(one[side])]);
  isNear(await drawn(page, '.extremes'), [...edge('max'), ...edge('min').toReversed()]);
  assert.not.match(await text(page, `${first} .plot`), /[A-Z][a-z]{2} \d\d(?!\d)/, 'a year is no day');
});

test('keys, the mouse and a finger walk along the line, and what is usual is told beside it', async ({
  rig,
}) => {
  await using opened = await openPage(rig, '', { hasTouch: true });
  const { page } = opened;
  const id = idOf(rig.ids, 'London');
  const { series, x } = await openChart(page, () => page.evaluate(`location.hash = '#/location/${id}'`));
  const rows = series.observations;
  const slider = `${first} .slider`;
  const at = async () => Number(await page.getAttribute(slider, 'aria-valuenow'));
  await page.focus(slider);
  await page.keyboard.press('Home');
  assert.is(await at(), 0);
  await page.keyboard.press('PageUp');
  assert.is(await at(), Math.round(rows.length / 10));
  await page.keyboard.press('ArrowRight');
  assert.is(await at(), Math.round(rows.length / 10) + 1);
  await page.keyboard.press('PageDown');
  assert.is(await at(), 1);
  await page.keyboard.press('End');
  assert.is(await at(), rows.length - 1);
  const box = await boxOf(page, slider);
  const target = 40;
  const over = (index: number) => [box.x + x(rows[index]?.at ?? 0), box.y + 60] as const;
  await page.mouse.move(...over(target));
  assert.is(await at(), target);
  await page.touchscreen.tap(...over(100));
  assert.is(await at(), 100, 'a tap is enough');
  const time = Date.parse(rows[100]?.at ?? '');
  const after = series.band.findIndex((one) => Date.parse(one.at) >= time);
  const [earlier, later] = [series.band[after - 1], series.band[after]];
  assert.ok(earlier && later);
  const share = (time - Date.parse(earlier.at)) / (Date.parse(later.at) - Date.parse(earlier.at));
  const number = (value: number) =>
    new Intl.NumberFormat('en-GB', { maximumFractionDigits: 1 }).format(value).replace('-', '−');
  const usual = (['lower', 'upper'] as const)
    .map((side) => number(earlier[side] + (later[side] - earlier[side]) * share))
    .join(' to ');
  const told = (await page.getAttribute(slider, 'aria-valuetext')) ?? '';
  assert.ok(told.endsWith(`: ${number(rows[100]?.mean ?? 0)} °C, usual ${usual}`), told);
  assert.is(await text(page, `${first} .readout`), told);
});

test('an anomaly that was withdrawn is named in the list, and in no chart', async ({ rig }) => {
  await using opened = await openPage(rig);
  const { page } = opened;
  const id = idOf(rig.ids, 'Tokyo');
  const wrong = { value: 4000, endedAt: now.toISOString(), withdrawn: true };
  await page.route(/\/api\/anomalies\?/, async (route) => {
    const answer = await route.fetch();
    const body = (await answer.json()) as { anomalies: Anomaly[] };
    const anomalies = body.anomalies.map((one) =>
      one.location.id === id && one.field === 'temperature_2m' ? { ...one, ...wrong } : one,
    );
    await route.fulfill({ response: answer, json: { ...body, anomalies } });
  });
  // What was read before is as new as this.
  await page.reload();
  await settled(page);
  await page.selectOption('.filters select >> nth=0', 'all');
  await page.waitForSelector('.events li.withdrawn');
  assert.match(await text(page, '.events li.withdrawn'), /Tokyo, Japan.*withdrawn/);
  const { y } = await openChart(page, () => page.click('.events li.withdrawn a'));
  assert.is(await page.locator(`${first} .plot :is(path.sign, .event)`).count(), 0);
  assert.ok(Math.abs(y(20) - y(10)) > 5, 'nor does its value flatten the rest');
});

test('the place that somebody clicked to takes new weather and new anomalies, but not from under a hand', async ({
  rig,
}) => {
  const { pool } = rig.platform;
  const id = idOf(rig.ids, 'Reykjavík');
  await using opened = await openPage(rig);
  const { page, noise } = opened;
  await settled(page);
  await page.click(`.events a[href="#/location/${id}"]`);
  await page.waitForSelector('.chart');
  await settled(page);
  assert.is(await focused(page), 'place-title');
  const mapOfAnomaly = page.waitForRequest(/\/api\/locations\?/);
  await makeAnomaly(pool, { location: id, field: 2, startedAt: before(2), explanation: 'Very damp.' });
  await shows(page, '#place .lasting', /Very damp/);
  assert.is(await focused(page), 'place-title', 'the reader is where he was');

  await mapOfAnomaly;
  const mapOfWeather = page.waitForRequest(/\/api\/locations\?/);
  await pool.change(
    'INSERT INTO observations (location_id, field_id, observed_at, value, collected_at) VALUES (?, 1, ?, 33.3, ?)',
    [id, new Date(now.getTime() + 60_000), now],
  );
  await pool.change('UPDATE locations SET collected_at = ? WHERE id = ?', [
    new Date(now.getTime() + 60_000),
    id,
  ]);
  await shows(page, `${first} .latest`, /^33.3 °C$/);
  await mapOfWeather;

  await page.focus(`${first} .slider`);
  await page.clock.install();
  let asked = 0;
  page.on('request', (request) => {
    if (request.url().endsWith(`/api/locations/${id}`)) asked += 1;
  });
  const made = await makeAnomaly(pool, {
    ...{ location: id, field: 3, startedAt: before(3), explanation: 'Very wet.' },
  });
  await page.waitForSelector(`.events li[data-id="${made}"]`);
  await page.clock.runFor(10_000);
  assert.is(asked, 0, 'not while somebody walks along a line');
  await page.focus('#search-input');
  await page.clock.runFor(1000);
  await until(() => asked > 0, { deadline, what: 'it is read when the hand is gone' });
  await shows(page, '#place .lasting', /Very wet/);
  assert.equal(noise, []);
});

test.run();
