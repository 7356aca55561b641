import { glob } from 'node:fs/promises';
import { findTargets } from '@plumbline/validators';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readInputs } from '../../validators/render/inputs.ts';
import { root } from './repository.ts';
import {
  anchors,
  deprecatedFields,
  isKustomization,
  keysOutOfOrder,
  misnamed,
  namedFiles,
  sourceFiles,
} from './sources.ts';

const files = await sourceFiles(root, ['base', 'overlays', 'argocd']);
const kustomizations = files.filter(isKustomization);
const manifests = files.filter(({ path }) => !path.startsWith('argocd/'));
const named = kustomizations.map(namedFiles);
const resources = new Set(named.flatMap((names) => names.resources));
const patches = new Set(named.flatMap((names) => names.patches));

test('there are files to look at', () => {
  assert.ok(files.length > 100 && resources.size > 50);
});

test('no kustomization has a deprecated field', () => {
  assert.equal(kustomizations.flatMap(deprecatedFields), []);
});

test('keys stand in the order apiVersion, kind, metadata, spec', () => {
  const ordered = files.filter(({ path }) => resources.has(path) || patches.has(path));
  assert.equal([...ordered, ...kustomizations].flatMap(keysOutOfOrder), []);
});

test('no manifest has an anchor', () => {
  assert.equal(files.flatMap(anchors), []);
});

test('a resource has a file of its own that is named for its kind', () => {
  assert.equal(manifests.filter(({ path }) => resources.has(path)).flatMap(misnamed), []);
});

test('a patch in a file is named <role>-patch.yaml', () => {
  assert.equal([...patches].filter((path) => !path.endsWith('-patch.yaml')).sort(), []);
});

test('every file under base/ and overlays/ is read by a target, or is for people and checks', async () => {
  const targets = await findTargets(root);
  const inputs = await Promise.all(targets.map(({ folder }) => readInputs(root, folder)));
  const read = new Set(inputs.flatMap((input) => input.files));
  const all = await Array.fromAsync(glob('{base,overlays}/**/*', { cwd: root, withFileTypes: true }));
  const paths = all
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => `${parentPath.slice(root.length + 1)}/${name}`);
  const others =
    /^base\/images\.yaml$|^overlays\/addresses\.yaml$|^overlays\/[^/]+\/(?:environment|cluster)\.yaml$|\.md$/;
  // What an overlay may take in the place of another component: tests/operators renders it.
  const choices = /^base\/components\/cloudnative-pg\//;
  const unread = paths.filter((path) => !read.has(path) && !others.test(path) && !choices.test(path));
  assert.equal(unread.sort(), []);
});

const file = (text: string, path = 'base/shop/service.yaml') => ({ path, text });

test('a deprecated field is found, with its line', () => {
  assert.equal(deprecatedFields(file('kind: Kustomization\nbases: []\nresources: []\nvars: []\n')), [
    'base/shop/service.yaml:2: the field bases is deprecated',
    'base/shop/service.yaml:4: the field vars is deprecated',
  ]);
});

test('keys in another order are found', () => {
  assert.is(keysOutOfOrder(file('apiVersion: v1\nkind: Service\nspec: {}\nmetadata: {}\n')).length, 1);
  assert.is(keysOutOfOrder(file('kind: Service\napiVersion: v1\n')).length, 1);
  assert.is(keysOutOfOrder(file('data: {}\napiVersion: v1\nkind: ConfigMap\n')).length, 1);
  assert.equal(keysOutOfOrder(file('apiVersion: v1\nkind: ConfigMap\nmetadata: {}\ndata: {}\n')), []);
  assert.equal(keysOutOfOrder(file('- op: remove\n  path: /a\n')), []);
});

test('anchors and aliases are found, and a star in a text is none', () => {
  assert.equal(anchors(file('a: &x\n  b: 1\nc: *x\nd: "*x &y"\n')), [
    'base/shop/service.yaml:2: the anchor x',
    'base/shop/service.yaml:3: the alias x',
  ]);
});

test('a file that is not named for its kind, and one of two objects, are found', () => {
  const service = 'apiVersion: v1\nkind: Service\n';
  assert.equal(misnamed(file(service)), []);
  assert.equal(misnamed(file(service, 'base/shop/headless-service.yaml')), []);
  assert.is(misnamed(file(service, 'base/shop/svc.yaml')).length, 1);
  assert.is(misnamed(file(service, 'base/shop/service-patch.yaml')).length, 1);
  assert.is(misnamed(file('kind: HorizontalPodAutoscaler\n', 'base/shop/hpa.yaml')).length, 1);
  assert.equal(misnamed(file(`${service}---\n${service}`)), ['base/shop/service.yaml: it holds 2 objects']);
});

test.run();
