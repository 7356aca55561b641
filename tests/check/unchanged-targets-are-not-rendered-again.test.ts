import { readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CheckedTarget, openStore } from '@plumbline/validators';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Folder } from '../harness/folder.ts';
import { cacheOf, checked, command, lines, repository } from './repository.ts';

const all = ['kind', 'kind/depot', 'kind/shop', 'production', 'production/depot', 'production/shop'];

const renderedAgain = (targets: readonly CheckedTarget[]) =>
  targets.filter(({ cached }) => !cached).map(({ target }) => target.name);

/** What is said of the targets, without how it was come by. */
const verdicts = (targets: readonly CheckedTarget[]) => targets.map(({ cached: _, ...said }) => said);

const entriesOf = (folder: Folder) => join(cacheOf(folder), 'rendered');

test('what is taken from the cache is what was found at first, findings and their lines included', async () => {
  await using folder = await repository();
  await folder.edit('base/shop/deployment.yaml', 'imagePullPolicy', 'imagePulPolicy');
  await folder.edit('base/depot/kustomization.yaml', '  - service.yaml', '  - servce.yaml');
  const fresh = await checked(folder);
  const again = await checked(folder);
  assert.equal(renderedAgain(fresh), all);
  // What does not render is not kept.
  assert.equal(renderedAgain(again), ['kind', 'kind/depot', 'production', 'production/depot']);
  assert.equal(verdicts(again), verdicts(fresh));
  assert.ok(lines(again).length > 0);
});

/** Each change, and the targets that read the file. */
const changes: Readonly<Record<string, readonly string[]>> = {
  'base/shop/deployment.yaml': ['kind', 'kind/shop', 'production', 'production/shop'],
  'base/shop/settings.conf': ['kind', 'kind/shop', 'production', 'production/shop'],
  'base/depot/kustomization.yaml': ['kind', 'kind/depot', 'production', 'production/depot'],
  'overlays/kind/kustomization.yaml': ['kind'],
  'overlays/kind/profile/kustomization.yaml': ['kind', 'kind/depot', 'kind/shop'],
  'overlays/production/shop/replicas-patch.yaml': ['production', 'production/shop'],
  'overlays/production/environment.yaml': [],
  'facts/shop.md': [],
  'base/images.yaml': [],
  'README.md': [],
};

for (const [file, targets] of Object.entries(changes)) {
  test(`a change of ${file} renders ${targets.join(', ') || 'nothing'} again`, async () => {
    await using folder = await repository();
    await checked(folder);
    await folder.write(file, `${await folder.read(file).catch(() => '')}# a note\n`);
    assert.equal(renderedAgain(await checked(folder)), targets);
    assert.equal(renderedAgain(await checked(folder)), []);
  });
}

test('a file that is put back as it was takes the results of that time', async () => {
  await using folder = await repository();
  const before = await folder.read('base/shop/deployment.yaml');
  const first = await checked(folder);
  await folder.write('base/shop/deployment.yaml', before.replace('replicas: 1', 'replicas: 2'));
  assert.is((await checked(folder)).find(({ target }) => target.name === 'kind/shop')?.asks.pods, 2);
  await folder.write('base/shop/deployment.yaml', before);
  const back = await checked(folder);
  assert.equal(renderedAgain(back), []);
  assert.equal(verdicts(back), verdicts(first));
});

test('facts, images and what an environment offers are judged anew, though nothing is rendered', async () => {
  await using folder = await repository();
  await checked(folder);
  await folder.edit('facts/shop.md', '| 1    | 3 ', '| 1    | 4 ');
  await folder.edit('base/images.yaml', '1.37.0', '1.38.0');
  await folder.edit('overlays/kind/environment.yaml', 'cpu: "2"', 'cpu: 10m');
  const again = await checked(folder);
  assert.equal(renderedAgain(again), []);
  assert.equal([...new Set(again.flatMap(({ findings }) => findings.map(({ rule }) => rule)))].sort(), [
    'fact',
    'image-not-pinned',
    'pod-fits-no-node',
    'room',
  ]);
});

for (const [name, damage] of Object.entries({
  'cut short': (path: string) => truncate(path, 40),
  empty: (path: string) => truncate(path, 0),
  'another JSON': (path: string) => writeFile(path, '{"objects":[],"warnings":[],"errors":{},"schemas":{}}'),
  'with other bytes': async (path: string) => {
    const content = await readFile(path);
    content.fill('x', content.length - 20, content.length - 10);
    await writeFile(path, content);
  },
})) {
  test(`entries that are ${name} are healed`, async () => {
    await using folder = await repository();
    const fresh = await checked(folder);
    const entries = await readdir(entriesOf(folder));
    for (const entry of entries) await damage(join(entriesOf(folder), entry));
    const again = await checked(folder);
    assert.equal(renderedAgain(again), all);
    assert.equal(verdicts(again), verdicts(fresh));
    assert.equal(renderedAgain(await checked(folder)), []);
  });
}

test('a result that another schema judged is not taken', async () => {
  await using folder = await repository();
  await checked(folder);
  const store = openStore(entriesOf(folder));
  for (const entry of await readdir(entriesOf(folder))) {
    const value = (await store.get(entry))?.toString() ?? '';
    // The digest of one schema, as if the schema were another today.
    await store.put(entry, value.replace(/("core\/service_v1\.json":")[0-9a-f]/, '$1-'));
  }
  assert.equal(renderedAgain(await checked(folder)), all);
});

test('--no-cache takes nothing from the cache, and the command says what it took', async () => {
  await using folder = await repository();
  const [first, second, without] = [
    await command(folder),
    await command(folder),
    await command(folder, '--no-cache'),
  ];
  assert.match(first.stdout, '6 of 6 targets rendered (0 as before)');
  assert.match(second.stdout, '6 of 6 targets rendered (6 as before)');
  assert.is(second.stderr, '');
  assert.match(without.stdout, '6 of 6 targets rendered (0 as before)');
  assert.is(without.stdout, first.stdout);
  assert.is(second.stdout.replace('(6 as before)', '(0 as before)'), first.stdout);
});

test('--no-cache writes nothing into the cache', async () => {
  await using folder = await repository();
  await command(folder, '--no-cache');
  assert.equal(await readdir(entriesOf(folder)).catch(() => []), []);
});

test.run();
