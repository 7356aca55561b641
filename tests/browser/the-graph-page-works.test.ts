import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '@plumbline/validators';
import type { Browser, Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { repository } from '../check/repository.ts';
import { openBrowser } from '../harness/browser.ts';
import type { Folder } from '../harness/folder.ts';
import { openFile } from '../harness/page-of-file.ts';
import { suite } from '../harness/suite.ts';

const root = join(import.meta.dirname, '..', '..');

interface Setting {
  browser: Browser;
  folder: string;
  /** A copy of the fixture repository with a wrong name in it. */
  broken: Folder;
}

const test = suite<Setting>('the graph page');

test.before(async (context) => {
  context.browser = await openBrowser((message) => process.stderr.write(`${message}\n`));
  context.folder = await mkdtemp(join(tmpdir(), 'plumbline-graph-'));
  context.broken = await repository();
  await context.broken.edit(
    'base/shop/deployment.yaml',
    '          ports:',
    '          env:\n            - name: STORE_URL\n              value: http://stroe.depot.svc:8080\n          ports:',
  );
  await context.broken.edit('base/shop/service.yaml', 'targetPort: http', 'targetPort: htttp');
});
test.after(async ({ browser, folder, broken }) => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
  await broken[Symbol.asyncDispose]();
});

/** Draws a target as a page by the command. */
async function draw(folder: string, name: string, ...args: readonly string[]): Promise<string> {
  const file = join(folder, `${name}.html`);
  const command = ['--disable-warning=ExperimentalWarning', join(root, 'scripts', 'graph.ts')];
  const { status, stderr } = await run(process.execPath, [...command, ...args, '--html', file], {
    deadline: 120_000,
  });
  assert.is(status, 0, stderr);
  return file;
}

/** The colour of the first such line on the page. */
const strokeOf = (page: Page, part: string) =>
  page.evaluate<string>(`getComputedStyle(document.querySelector(${JSON.stringify(part)})).stroke`);

/** The names of the nodes that are not dimmed. */
const shown = (page: Page) =>
  page.$$eval('.node:not(.dim) .name', (names) => names.map(({ textContent }) => textContent).sort());

for (const [screen, width, height] of [
  ['a desktop', 1280, 800],
  ['a phone', 390, 844],
] as const) {
  test(`on ${screen}: it is searched, clicked and left by keyboard, and nothing is asked of anybody`, async ({
    browser,
    folder,
  }) => {
    const file = await draw(folder, 'lambda', 'kind', 'lambda');
    await using opened = await openFile(browser, file, { viewport: { width, height } });
    const { page, noise } = opened;
    const count = page.locator('#count');
    const nodes = await page.locator('.node').count();
    assert.ok(nodes > 10);
    assert.match((await count.textContent()) ?? '', `${nodes} parts`);
    assert.is(await page.locator('.wrong, .cut').count(), 0);

    await page.fill('input', 'lambda-consumer');
    assert.equal(await shown(page), ['lambda-consumer']);
    assert.is(await count.textContent(), `1 of ${nodes}`);
    await page.keyboard.press('Escape');
    assert.is((await shown(page)).length, nodes);

    await page.click('.node[aria-label="Deployment lambda-consumer"]');
    assert.is(await page.textContent('aside h2'), 'lambda-consumer');
    assert.match((await page.textContent('aside')) ?? '', 'kafka-service');
    assert.equal(await shown(page), ['kafka-service', 'lambda-consumer', 'lambda-postgres']);
    const aside = await page.locator('aside').boundingBox();
    assert.ok(aside !== null && aside.y + 40 < height, 'what was clicked is told where it can be seen');

    await page.focus('.node[aria-label="StatefulSet kafka"]');
    await page.keyboard.press('Enter');
    assert.is(await page.textContent('aside h2'), 'kafka');
    await page.keyboard.press('Enter');
    assert.is(await page.textContent('aside'), '');

    const sideways = await page.evaluate<boolean>('document.documentElement.scrollWidth <= innerWidth');
    assert.ok(sideways, 'the picture scrolls, the page does not');
    assert.equal(noise, []);
  });
}

test('a defect is red, listed, and leads to its part', async ({ browser, folder, broken }) => {
  const file = await draw(folder, 'broken', 'kind', '--root', broken.path);
  await using opened = await openFile(browser, file, { viewport: { width: 1280, height: 800 } });
  const { page, noise } = opened;
  assert.match((await page.textContent('#count')) ?? '', /^\d+ wrong$/);
  const [red, cut, plain] = await Promise.all(
    ['.node.wrong rect', '.edge.cut', '.node:not(.wrong) rect'].map((part) => strokeOf(page, part)),
  );
  assert.equal([red, cut], ['rgb(200, 30, 30)', 'rgb(200, 30, 30)']);
  assert.is.not(plain, red);
  assert.match((await page.textContent('aside')) ?? '', 'Service shop/api');
  await page.click('aside button');
  assert.ok(((await page.textContent('aside .wrong-text')) ?? '').length > 20);
  assert.equal(noise, []);
});

test('it holds all that it needs, and says that it may load nothing', async ({ folder }) => {
  const text = await readFile(await draw(folder, 'whole', 'kind', 'preempt'), 'utf8');
  assert.match(text, "default-src 'none'");
  assert.not.match(text, /<link|<img|\bsrc=|@import|url\((?!#)/);
  const { stdout } = await run(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      join(root, 'scripts', 'graph.ts'),
      'kind',
      'preempt',
      '--format',
      'html',
    ],
    { deadline: 120_000 },
  );
  assert.is(stdout.toString('utf8'), text);
});

test.run();
