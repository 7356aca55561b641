import { join } from 'node:path';
import { compareChecks, differenceReports } from '@plumbline/validators';
import type { Browser } from 'playwright-core';
import * as assert from 'uvu/assert';
import { checked, repository } from '../check/repository.ts';
import { openBrowser } from '../harness/browser.ts';
import type { Folder } from '../harness/folder.ts';
import { openFile } from '../harness/page-of-file.ts';
import { suite } from '../harness/suite.ts';
import { violations } from '../harness/violations.ts';

interface Setting {
  browser: Browser;
  folder: Folder;
  /** The page of a change that does a little of everything. */
  file: string;
  text: string;
}

const test = suite<Setting>("the difference's page");

const client = (name: string, url: string) => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      containers: [{ name: main, image: 'shop-api:1.0.0', env: [{ name: STORE_URL, value: '${url}' }] }]
`;

const secret = (password: string) => `apiVersion: v1
kind: Secret
metadata: { name: keys }
stringData: { url: 'http://shop:${password}@nobody.depot.svc:8080' }
`;

/** What a page that is put together carelessly would run or not be able to hold. */
const hostile = `</pre></details><script>document.title='mine'</script>&nosuch; <img src=x onerror="document.title='mine'"> \u001b[31m`;

test.before(async (context) => {
  context.browser = await openBrowser((message) => process.stderr.write(`${message}\n`));
  const folder = await repository();
  context.folder = folder;
  await folder.edit(
    'base/shop/kustomization.yaml',
    '  - service.yaml\n',
    '  - service.yaml\n  - older.yaml\n  - client.yaml\n  - secret.yaml\n',
  );
  await folder.write('base/shop/older.yaml', client('older', 'http://api.shop.svc:80'));
  await folder.write('base/shop/client.yaml', client('client', 'http://api.shop.svc:80'));
  await folder.write('base/shop/secret.yaml', secret('hunter2'));
  await folder.edit(
    'base/shop/deployment.yaml',
    '          ports:',
    '          env: [{ name: KEYS_URL, valueFrom: { secretKeyRef: { name: keys, key: url } } }]\n          ports:',
  );
  const before = await checked(folder);
  await folder.edit('base/shop/kustomization.yaml', 'older.yaml', 'newer.yaml');
  await folder.write('base/shop/newer.yaml', client('newer', 'http://nowhere.shop.svc:80'));
  await folder.edit('overlays/production/shop/replicas-patch.yaml', 'replicas: 3', 'replicas: 4');
  await folder.edit('base/depot/statefulset.yaml', 'serviceName: store', 'serviceName: stor');
  await folder.write('base/shop/secret.yaml', secret('hunter3'));
  await folder.write('base/shop/settings.conf', `greeting=${hostile}\n`);
  const after = await checked(folder);
  context.text = await differenceReports.html(compareChecks(before, after), {
    from: 'main <1>',
    to: 'the working tree',
    before,
    after,
  });
  await folder.write('page.html', context.text);
  context.file = join(folder.path, 'page.html');
});
test.after(async ({ browser, folder }) => {
  await browser?.close();
  await folder?.[Symbol.asyncDispose]();
});

for (const colorScheme of ['light', 'dark'] as const) {
  for (const [width, height] of [
    [360, 780],
    [1440, 900],
  ] as const) {
    test(`${colorScheme}, ${width} wide: it is accessible with every fold open, fits, and asks nobody`, async ({
      browser,
      file,
    }) => {
      await using opened = await openFile(browser, file, { viewport: { width, height }, colorScheme });
      const { page, noise } = opened;
      assert.equal(await violations(page), []);
      await page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true");
      assert.equal(await violations(page), []);
      assert.ok(await page.evaluate<boolean>('document.documentElement.scrollWidth <= innerWidth'));
      assert.equal(noise, []);
    });
  }
}

test('dangers come first, then what is newly wrong, then changes by system and environment', async ({
  browser,
  file,
}) => {
  await using opened = await openFile(browser, file);
  const { page } = opened;
  assert.is(await page.textContent('h1'), 'main <1> → the working tree');
  const headings = (await page.locator('h2').allTextContents()).map((text) => text.replace(/ \(\d+\)/, ''));
  assert.equal(headings, [
    'What it would break',
    'Newly wrong',
    'Mended',
    'By the way',
    'What changes',
    'Topology',
  ]);
  assert.equal((await page.locator('nav a').allTextContents()).length, headings.length);
  const danger = (await page.textContent('#dangers li.error')) ?? '';
  assert.match(
    danger,
    'error field-immutable StatefulSet depot/store spec.serviceName in kind/depot, production/depot',
  );
  assert.match((await page.textContent('#found')) ?? '', 'nowhere.shop.svc');
  const folds = await page.locator('#changes summary').allTextContents();
  assert.ok(folds.includes('shop in production: 1 changes'), folds.join('\n'));
  assert.ok(folds.includes('depot in kind, production: 1 changes'), folds.join('\n'));
  const changes = (await page.textContent('#changes')) ?? '';
  for (const part of ['- Deployment shop/older', '+ Deployment shop/newer', '~ spec.replicas: 3 → 4'])
    assert.match(changes, part);
});

test('the picture shows what is new, gone and changed, by signs as well, and each side alone', async ({
  browser,
  file,
}) => {
  await using opened = await openFile(browser, file);
  const { page } = opened;
  const fold = page.locator('#topology details').filter({ hasText: 'production/shop' }).first();
  await fold.locator('summary').press('Enter');
  assert.is(await fold.getAttribute('open'), '');
  /** The names in the picture, as they are seen. */
  const shown = () =>
    page.evaluate<string[]>(`(() => {
      const isSeen = (part) => part === null || (getComputedStyle(part).display !== 'none' && isSeen(part.parentElement));
      const own = ({ childNodes }) => [...childNodes].filter(({ nodeType }) => nodeType === Node.TEXT_NODE);
      return [...document.querySelectorAll('#topology details[open] .node .name')]
        .map((name) => [name, ...name.children].filter(isSeen).flatMap(own).map(({ data }) => data).join(''))
        .filter((name) => name !== '');
    })()`);
  const both = await shown();
  for (const name of ['older- ', 'newer+  !', 'api~  !', 'client !'])
    assert.ok(both.includes(name), both.join());
  const visible = (text: string) =>
    fold
      .locator('tspan', { hasText: new RegExp(`^${text}$`) })
      .first()
      .isVisible();
  assert.ok(await visible('3 pods → 4 pods'));
  await page.focus('#shown-both');
  await page.keyboard.press('ArrowRight');
  const before = await shown();
  assert.equal(before.sort(), ['api', 'api', 'client !', 'older']);
  assert.equal(
    [await visible('3 pods'), await visible('4 pods'), await visible('3 pods → 4 pods')],
    [true, false, false],
  );
  await page.keyboard.press('ArrowRight');
  const after = await shown();
  assert.equal(after.sort(), ['api', 'api !', 'client !', 'http://nowhere.shop.svc:80 !', 'newer !']);
  assert.equal([await visible('3 pods'), await visible('4 pods')], [false, true]);
  const words = await fold.locator('.parts li').allTextContents();
  for (const line of [
    '- Deployment shop/older',
    '+ Deployment shop/newer',
    '~ Deployment shop/api: 3 pods → 4 pods, now wrong',
    '+ http://nowhere.shop.svc:80 (leads nowhere)',
    '- Deployment shop/older → Service shop/api: env STORE_URL',
  ])
    assert.ok(words.includes(line), words.join('\n'));
  const strokes = await Promise.all(
    ['.is-new', '.is-gone', '.is-changed', '.is-same'].map((of) =>
      page.evaluate<string>(`getComputedStyle(document.querySelector('.node${of} rect')).stroke`),
    ),
  );
  assert.is(new Set(strokes).size, 4, strokes.join());
});

test('what stands in the manifests is text, whatever it says, and Secrets are not told', async ({
  browser,
  file,
  text,
}) => {
  await using opened = await openFile(browser, file);
  const { page } = opened;
  assert.not.match(await page.title(), 'mine');
  assert.is(await page.locator('script, img, link, iframe').count(), 0);
  assert.match((await page.textContent('#changes')) ?? '', hostile.slice(0, 40));
  assert.match(text, "default-src 'none'");
  assert.not.match(text, /<(?:script|img|link|iframe)|@import|url\((?!#)/);
  assert.not.match(text, /hunter/);
  // A parser that forgives nothing.
  const mistake = await page.evaluate<string | undefined>(
    `new DOMParser().parseFromString(${JSON.stringify(text)}, 'application/xhtml+xml').querySelector('parsererror')?.textContent`,
  );
  assert.is(mistake, undefined);
});

test('nothing that changes is said as that, and a side that does not render is not drawn', async ({
  folder,
}) => {
  const before = await checked(folder);
  const options = { from: 'a', to: 'b', before };
  const same = await differenceReports.html(compareChecks(before, before), { ...options, after: before });
  assert.match(same, '0 of 6 targets change');
  assert.not.match(same, '<section');
  await folder.edit('base/shop/kustomization.yaml', 'service.yaml', 'servic.yaml');
  const after = await checked(folder);
  const broken = await differenceReports.html(compareChecks(before, after), { ...options, after });
  assert.match(broken, 'kind/shop: the newer side does not render: what it would do is not known');
  assert.not.match(broken, 'id="topology"');
});

test.run();
