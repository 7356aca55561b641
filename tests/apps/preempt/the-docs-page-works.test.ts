import type { Browser } from 'playwright-core';
import * as assert from 'uvu/assert';
import { makeFields, makePlaces, spreadPlaces } from '../../../trial/preempt-weather.ts';
import { until } from '../../../trial/until.ts';
import { openBrowser } from '../../harness/browser.ts';
import { suite } from '../../harness/suite.ts';
import { violations } from '../../harness/violations.ts';
import { type Api, startApi } from './api-server.ts';
import { openPage } from './page-rig.ts';
import { openPlatform, type Platform } from './platform.ts';

const test = suite<{ platform: Platform; api: Api; browser: Browser }>("the API's own page");
const form = 'form[aria-label="/api/locations"]';

test.before(async (context) => {
  context.platform = await openPlatform();
  const { pool, trial } = context.platform;
  await makeFields(pool);
  await makePlaces(pool, spreadPlaces(20), new Date());
  context.api = await startApi(context.platform);
  context.browser = await openBrowser(trial.say);
});
test.after(async ({ platform, browser }) => {
  await browser?.close();
  await platform?.close();
});

for (const colorScheme of ['light', 'dark'] as const) {
  for (const [width, height] of [
    [360, 780],
    [1440, 900],
  ] as const) {
    test(`${colorScheme}, ${width} wide: it tries a request, is accessible, fits, and asks nobody else`, async ({
      api: { url },
      browser,
    }) => {
      const options = { viewport: { width, height }, colorScheme };
      await using opened = await openPage({ browser, url }, 'api/docs', options);
      const { page, noise } = opened;
      await page.waitForSelector('#problems dd');
      await page.fill(`${form} input[name=q]`, 'place 7');
      await page.click(`${form} button`);
      await until(
        async () => /200[\s\S]*"name": "Place 7"/.test((await page.textContent('pre:not([hidden])')) ?? ''),
        { deadline: 60_000, what: 'the answer' },
      );
      assert.equal(await violations(page), []);
      const wider = await page.evaluate<string[]>(
        "[document.documentElement, ...document.querySelectorAll('section, h2')].filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.textContent.slice(0, 40))",
      );
      assert.equal(wider, [], 'nothing runs over its box');
      assert.equal(noise, []);
    });
  }
}

test('what is needed comes first, and what the stream tells stands line by line', async ({
  api: { url },
  browser,
}) => {
  await using opened = await openPage({ browser, url }, 'api/docs');
  const { page } = opened;
  await page.waitForSelector('#problems dd');
  for (const { needed } of await page.evaluate<{ needed: boolean[] }[]>(
    "[...document.querySelectorAll('form')].map((form) => ({ needed: [...form.querySelectorAll('input')].map((one) => one.required) }))",
  ))
    assert.equal(
      needed,
      [...needed].sort((a, b) => Number(b) - Number(a)),
    );
  const shown = await page.innerText('.description');
  assert.ok(shown.split('\n').length >= 6, shown);
  assert.not.match(shown, '`');
  const codes = await page.locator('.description code').allTextContents();
  assert.equal(codes, ['anomaly', 'summary', 'reset', 'bye', 'retry']);
});

test.run();
