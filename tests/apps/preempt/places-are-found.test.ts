import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { type Point, project } from '../../../apps/preempt/frontend/src/equal-earth.ts';
import { until } from '../../../trial/until.ts';
import { boxOf, deadline, focused, idOf, openPage, pageSuite, settled, shows, text } from './page-rig.ts';

const test = pageSuite('places are found on the map and by their names');

/** Where a point of the world is in the canvas, while it shows the whole: in the middle, with a margin of 2 %. */
async function pixelOf(page: Page, longitude: number, latitude: number): Promise<Point> {
  const { width, height } = await boxOf(page, 'canvas');
  const [x, y] = project(longitude, latitude);
  const scale = Math.min(width / 2.04, height / (2.04 * 0.4867));
  return [width / 2 + x * scale, height / 2 + y * scale];
}

/** How many of the 256 pixels around one are of a colour that the style names. */
const coloured = (page: Page, name: string, [x, y]: Point) =>
  page.evaluate<number>(`(() => {
    const canvas = document.querySelector('canvas');
    const [red, green, blue] = getComputedStyle(canvas).getPropertyValue('--${name}').match(/\\w\\w/g).map((two) => parseInt(two, 16));
    const copy = new OffscreenCanvas(16, 16).getContext('2d', { willReadFrequently: true });
    copy.drawImage(canvas, ${Math.round(x) - 8}, ${Math.round(y) - 8}, 16, 16, 0, 0, 16, 16);
    const { data } = copy.getImageData(0, 0, 16, 16);
    let found = 0;
    for (let at = 0; at < data.length; at += 4) found += data[at] === red && data[at + 1] === green && data[at + 2] === blue;
    return found;
  })()`);

const picture = (page: Page) =>
  page.evaluate<string>("document.querySelector('canvas').toDataURL().slice(-4000)");
const tokyo = [139.69, 35.69] as const;

test('each place stands where it lies, in the colour of its severity, on land; pointed at it tells its name', async ({
  rig,
}) => {
  await using opened = await openPage(rig);
  const { page, noise } = opened;
  await settled(page);
  const there = await pixelOf(page, ...tokyo);
  await until(async () => (await coloured(page, 'severe', there)) > 50, { deadline, what: "Tokyo's sign" });
  for (const [longitude, latitude] of [
    [-tokyo[0], tokyo[1]],
    [tokyo[0], -tokyo[1]],
  ] as const)
    assert.is(await coloured(page, 'severe', await pixelOf(page, longitude, latitude)), 0, 'nor elsewhere');
  const sahara = await pixelOf(page, 4, 28);
  await until(async () => (await coloured(page, 'land', sahara)) > 150, { deadline, what: 'the land' });
  assert.ok((await coloured(page, 'sea', await pixelOf(page, -140, 10))) > 200, 'and the sea');
  const { x, y } = await boxOf(page, 'canvas');
  await page.mouse.move(x + there[0], y + there[1]);
  await shows(page, '.tip:not([hidden])', /^Tokyo, Japan: severe anomaly$/);
  await page.mouse.click(x + there[0], y + there[1]);
  await shows(page, '#place h2', /^Tokyo$/);
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
  const whole = await picture(page);
  for (const [keys, isWhole] of [
    [['+', '+'], false],
    [['-', '0'], true],
    [['+'], false],
    [['-'], true],
  ] as const) {
    for (const key of keys) await page.keyboard.press(key);
    await until(async () => ((await picture(page)) === whole) === isWhole, { deadline, what: keys.join() });
  }
  await page.keyboard.press('Enter');
  await until(async () => (await text(page, '#place h2')) === name, { deadline, what: name });
  assert.equal(noise, []);
});

test('the map is dragged and zoomed by wheel and buttons; over the whole world the page scrolls', async ({
  rig,
}) => {
  await using opened = await openPage(rig, '', { viewport: { width: 1200, height: 500 } });
  const { page, noise } = opened;
  await settled(page);
  const box = await boxOf(page, 'canvas');
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.wheel(0, 200);
  await until(() => page.evaluate<boolean>('scrollY > 50'), { deadline, what: 'the page scrolls' });
  await page.evaluate('scrollTo(0, 0)');
  const whole = await picture(page);
  const changes = (from: string, what: string) =>
    until(async () => (await picture(page)) !== from, { deadline, what });
  await page.mouse.wheel(0, -400);
  await changes(whole, 'it is nearer');
  assert.is(await page.evaluate<number>('scrollY'), 0);
  const near = await picture(page);
  await page.mouse.down();
  await page.mouse.move(x + 90, y + 40, { steps: 4 });
  await page.mouse.up();
  await changes(near, 'it is dragged');
  assert.ok(await page.isHidden('#place'), 'a drag is no click');
  const isWhole = () =>
    until(async () => (await picture(page)) === whole, { deadline, what: 'the whole again' });
  await page.click('button[aria-label="Whole world"]');
  await isWhole();
  await page.click('button[aria-label="Zoom in"]');
  await changes(whole, 'the button brings it nearer');
  await page.click('button[aria-label="Zoom out"]');
  await isWhole();
  assert.equal(noise, []);
});

test('two fingers bring the map nearer, and one opens what it taps', async ({ rig }) => {
  await using opened = await openPage(rig, '', { viewport: { width: 800, height: 900 }, hasTouch: true });
  const { page, noise } = opened;
  await settled(page);
  const { x, y, width, height } = await boxOf(page, 'canvas');
  const whole = await picture(page);
  const debug = await page.context().newCDPSession(page);
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', apart: number) =>
    debug.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: [-1, 1]
        .filter(() => type !== 'touchEnd')
        .map((side, id) => ({ id, x: x + width / 2 + side * apart, y: y + height / 2 })),
    });
  await touch('touchStart', 30);
  for (const apart of [50, 80, 120]) await touch('touchMove', apart);
  await touch('touchEnd', 0);
  await until(async () => (await picture(page)) !== whole, { deadline, what: 'it is nearer' });
  assert.ok(await page.isHidden('#place'), 'a pinch is no tap');
  await page.click('button[aria-label="Whole world"]');
  await until(async () => (await picture(page)) === whole, { deadline, what: 'the whole again' });
  const there = await pixelOf(page, ...tokyo);
  await page.touchscreen.tap(x + there[0] + 4, y + there[1] + 4);
  await shows(page, '#place h2', /^Tokyo$/);
  assert.equal(noise, []);
});

test('Enter opens what stands in the field, not what was found for an earlier text', async ({ rig }) => {
  await using opened = await openPage(rig);
  const { page, noise } = opened;
  await settled(page);
  await page.fill('#search-input', 'london');
  await page.waitForSelector('#suggestions [role=option]');
  await page.fill('#search-input', 'tokyo');
  await page.keyboard.press('Enter');
  await shows(page, '#place h2', /\w$/);
  assert.is(await text(page, '#place h2'), 'Tokyo');
  // An empty field names nothing.
  await page.fill('#search-input', 'london');
  await page.waitForSelector('#suggestions [role=option]');
  await page.fill('#search-input', '');
  await page.keyboard.press('Enter');
  await until(() => page.isHidden('#suggestions'), { deadline, what: 'no suggestions' });
  assert.match(page.url(), `/location/${idOf(rig.ids, 'Tokyo')}`);
  assert.equal(noise, []);
});

test('what is asked for when the field is left or cleared is not shown any more', async ({ rig }) => {
  await using opened = await openPage(rig);
  const { page } = opened;
  await settled(page);
  for (const leave of ['blur', 'Escape']) {
    let answer = () => {};
    const late = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const asked = page.waitForRequest(/[?&]q=nairobi/);
    await page.route(/[?&]q=nairobi/, async (route) => {
      await late;
      await route.continue().catch(() => {});
    });
    await page.fill('#search-input', 'nairobi');
    await asked;
    if (leave === 'blur') await page.focus('canvas');
    else await page.keyboard.press('Escape');
    answer();
    await page.unrouteAll({ behavior: 'wait' });
    // Whatever was under way has been heard by then.
    await page.evaluate("fetch('/api/fields').then((answer) => answer.text())");
    assert.ok(await page.isHidden('#suggestions'), leave);
  }
  await page.fill('#search-input', 'lima');
  await page.waitForSelector('#suggestions [role=option]');
  await page.keyboard.press('Escape');
  assert.ok(await page.isHidden('#suggestions'));
  assert.is(await page.inputValue('#search-input'), 'lima');
  await page.keyboard.press('Escape');
  assert.is(await page.inputValue('#search-input'), '');
});

test('the key that leads to the search leaves those alone who choose, who type, and who do not want it', async ({
  rig,
}) => {
  await using opened = await openPage(rig);
  const { page } = opened;
  await settled(page);
  await page.focus('.filters select');
  await page.keyboard.press('/');
  assert.is.not(await focused(page), 'search-input', 'in a choice');
  await page.focus('canvas');
  await page.keyboard.press('Control+/');
  assert.is.not(await focused(page), 'search-input', 'with Ctrl');
  await page.keyboard.press('/');
  assert.is(await focused(page), 'search-input');
  await page.uncheck('#search-key');
  await page.reload();
  await settled(page);
  assert.is(await page.isChecked('#search-key'), false, 'it is kept');
  await page.focus('canvas');
  await page.keyboard.press('/');
  assert.is.not(await focused(page), 'search-input', 'where it is switched off');
});

test.run();
