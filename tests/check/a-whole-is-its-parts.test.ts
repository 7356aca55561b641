import { join } from 'node:path';
import { build, findTargets, type RenderedObject, readInputs, readRendered } from '@plumbline/validators';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { wholeOf } from '../../validators/render/whole.ts';
import type { Folder } from '../harness/folder.ts';
import { checked, lines, repository } from './repository.ts';

const root = join(import.meta.dirname, '..', '..');
const kustomize = process.env.KUSTOMIZE ?? 'kustomize';

async function rendered(from: string, folder: string): Promise<RenderedObject[]> {
  const built = await build([kustomize, 'build'], from, folder);
  if (!built.ok) throw new Error(built.message);
  return readRendered(built.stream, new Map());
}

/** What is put together of a folder's parts, and what kustomize renders of it. */
async function bothWays(from: string, folder: string): Promise<[string[] | undefined, string[]]> {
  const inputs = await readInputs(from, folder);
  const parts = await Promise.all((inputs.parts ?? []).map((part) => rendered(from, part)));
  const texts = (objects: readonly RenderedObject[] | undefined) => objects?.map(({ text }) => text.trim());
  const whole = texts(await rendered(from, folder));
  return [texts(wholeOf(inputs, parts)), whole ?? []];
}

const environments = (await findTargets(root)).filter(({ system }) => system === undefined);
for (const { folder, name } of environments) {
  test(`${name} is put together as kustomize renders it, object by object in its order`, async () => {
    const [together, whole] = await bothWays(root, folder);
    assert.equal(together, whole);
    assert.ok(whole.length > 100);
  });
}

const kind = 'overlays/kind/kustomization.yaml';

/** Changes after which a whole is, or could be, more than its parts. */
const reaching: Readonly<Record<string, (folder: Folder) => Promise<void>>> = {
  'annotations of its own': (folder) =>
    folder.edit(kind, 'resources:', 'commonAnnotations: { a: b }\nresources:'),
  'a file among its resources': async (folder) => {
    await folder.write(
      'overlays/kind/more.yaml',
      'apiVersion: v1\nkind: Namespace\nmetadata: { name: more }\n',
    );
    await folder.edit(kind, '  - shop', '  - shop\n  - more.yaml');
  },
  'a part that orders': (folder) =>
    folder.edit(
      'overlays/kind/shop/kustomization.yaml',
      'namespace: shop',
      'namespace: shop\nsortOptions: { order: fifo }',
    ),
  'parts in one namespace': async (folder) => {
    await folder.edit('overlays/kind/depot/kustomization.yaml', 'namespace: depot', 'namespace: shop');
    await folder.edit('base/depot/kustomization.yaml', '  - namespace.yaml\n', '');
  },
  'an object of the whole cluster': async (folder) => {
    await folder.write(
      'base/depot/role.yaml',
      'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: { name: reader }\nrules: []\n',
    );
    await folder.edit('base/depot/kustomization.yaml', '  - service.yaml', '  - service.yaml\n  - role.yaml');
  },
};

for (const [what, change] of Object.entries(reaching)) {
  test(`with ${what} it is rendered as it is`, async () => {
    await using folder = await repository();
    await change(folder);
    const [together] = await bothWays(folder.path, 'overlays/kind');
    assert.is(together, undefined);
    const options = { targets: await findTargets(folder.path) };
    const composed = await checked(folder, { ...options, compose: true });
    const plain = await checked(folder, options);
    const said = (all: typeof plain) => all.map(({ objects }) => objects.map(({ text }) => text));
    assert.equal(said(composed), said(plain));
    assert.equal(lines(composed), lines(plain));
  });
}

test('a name that one part generates and another names, in one namespace, is why such parts are rendered together', async () => {
  await using folder = await repository();
  await folder.edit('overlays/kind/depot/kustomization.yaml', 'namespace: depot', 'namespace: shop');
  await folder.edit('base/depot/kustomization.yaml', '  - namespace.yaml\n', '');
  await folder.edit(
    'base/depot/statefulset.yaml',
    '      containers:',
    '      volumes:\n        - name: settings\n          configMap: { name: settings }\n      containers:',
  );
  const named = (objects: readonly RenderedObject[]) =>
    objects.find(({ object }) => object.kind === 'StatefulSet')?.text.match(/name: (settings-\w+)/)?.[1];
  assert.is(named(await rendered(folder.path, 'overlays/kind/depot')), undefined);
  assert.ok(named(await rendered(folder.path, 'overlays/kind')));
  const all = await checked(folder, { compose: true });
  assert.ok(named(all.find(({ target }) => target.name === 'kind')?.objects ?? []));
});

test('a whole whose part does not render says what kustomize says of it', async () => {
  await using folder = await repository();
  await folder.write(
    'overlays/kind/shop/patch.yaml',
    'kind: Deployment\napiVersion: apps/v1\nmetadata: { name: none }\n',
  );
  await folder.edit(
    'overlays/kind/shop/kustomization.yaml',
    'namespace: shop',
    'namespace: shop\npatches: [{ path: patch.yaml }]',
  );
  const [composed, plain] = [await checked(folder, { compose: true }), await checked(folder)];
  assert.equal(lines(composed), lines(plain));
  assert.is(composed.find(({ target }) => target.name === 'kind')?.objects.length, 0);
});

test.run();
