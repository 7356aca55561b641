import { join } from 'node:path';
import {
  type CheckStreamOptions,
  checkEvery,
  checkPath,
  type ReportedTarget,
  rules,
} from '@plumbline/validators';
import * as assert from 'uvu/assert';
import { type Folder, folderWith } from '../harness/folder.ts';
import { suite } from '../harness/suite.ts';

const test = suite('any repository');

const kustomize = process.env.KUSTOMIZE ?? 'kustomize';

const options = (folder: Folder): CheckStreamOptions => ({
  kubeconform: process.env.KUBECONFORM ?? 'kubeconform',
  scratch: join(folder.path, 'scratch'),
  workers: 2,
  environment: undefined,
  rules: rules.filter(({ id }) => id === 'configuration-missing'),
});

const workload = (name: string, from: string) => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      automountServiceAccountToken: false
      containers:
        - name: main
          image: example.com/${name}:1.0.0
          envFrom: [{ configMapRef: { name: ${from} } }]
`;

const configMap = (name: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata: { A: b }\n`;

/** A base that lacks the settings which its overlays bring. */
const pieces = {
  'base/kustomization.yaml': 'resources: [api.yaml]\n',
  'base/api.yaml': workload('api', 'settings'),
  'overlays/one/kustomization.yaml': 'namespace: one\nresources: [../../base, settings.yaml]\n',
  'overlays/one/settings.yaml': configMap('settings'),
  'overlays/two/kustomization.yaml': 'namespace: two\nresources: [../../base, settings.yaml]\n',
  'overlays/two/settings.yaml': configMap('settings'),
};

const told = ({ target, findings }: ReportedTarget) =>
  findings.map(
    ({ severity, rule, message }) => `${target}: ${severity} ${rule} ${/\(applied.*\)$/.exec(message) ?? ''}`,
  );

/** As if the folder were where a person stands: there is no git here. */
async function inside<Result>(folder: Folder, work: () => Promise<Result>): Promise<Result> {
  const before = process.cwd();
  process.chdir(folder.path);
  try {
    return await work();
  } finally {
    process.chdir(before);
  }
}

const path = (folder: Folder, name: string) =>
  inside(folder, async () => told(await checkPath(name, kustomize, options(folder))));
const every = (folder: Folder, name = 'overlays') =>
  inside(folder, async () => (await checkEvery(name, kustomize, options(folder))).flatMap(told));

test('what a base lacks alone and its overlays bring is a warning that names one of them', async () => {
  await using folder = await folderWith(pieces);
  assert.equal(await path(folder, 'base'), [
    'base: warning configuration-missing (applied alone; not in overlays/one and 1 more, which include it)',
  ]);
  assert.equal(await path(folder, 'overlays/one'), []);
});

test('what any of them still lacks is an error', async () => {
  await using folder = await folderWith(pieces);
  await folder.write('overlays/two/settings.yaml', configMap('setting'));
  assert.equal(await path(folder, 'base'), ['base: error configuration-missing ']);
});

test('a base of which nobody renders, or that nobody includes, is judged alone', async () => {
  await using folder = await folderWith(pieces);
  for (const overlay of ['one', 'two'])
    await folder.write(`overlays/${overlay}/kustomization.yaml`, 'resources: [../../base, none.yaml]\n');
  assert.equal(await path(folder, 'base'), ['base: error configuration-missing ']);
  for (const overlay of ['one', 'two'])
    await folder.write(`overlays/${overlay}/kustomization.yaml`, 'resources: [settings.yaml]\n');
  assert.equal(await path(folder, 'base'), ['base: error configuration-missing ']);
});

/** An application in several kustomizations, which people apply one by one into one namespace. */
const neighbours = {
  'overlays/api/kustomization.yaml': 'namespace: shop\nresources: [api.yaml]\n',
  'overlays/api/api.yaml': workload('api', 'settings'),
  'overlays/settings/kustomization.yaml': 'namespace: shop\nresources: [settings.yaml]\n',
  'overlays/settings/settings.yaml': configMap('settings'),
};

test('what another kustomization brings into the namespace is a warning that names it', async () => {
  await using folder = await folderWith(neighbours);
  assert.equal(await every(folder), [
    'overlays/api: warning configuration-missing (applied alone; not beside overlays/settings)',
  ]);
  await folder.edit('overlays/settings/kustomization.yaml', 'shop', 'elsewhere');
  assert.equal(await every(folder), ['overlays/api: error configuration-missing '], 'another namespace');
});

test('a variant, which has an object in common, brings nothing', async () => {
  await using folder = await folderWith(neighbours);
  await folder.write(
    'overlays/settings/kustomization.yaml',
    'namespace: shop\nresources: [settings.yaml, api.yaml]\n',
  );
  await folder.write('overlays/settings/api.yaml', workload('api', 'settings'));
  assert.equal(await every(folder), ['overlays/api: error configuration-missing ']);
});

test('the parts of a whole that does not render stand beside the others', async () => {
  await using folder = await folderWith(neighbours);
  await folder.write(
    'overlays/all/kustomization.yaml',
    'resources: [../settings, https://127.0.0.1:1/gone.yaml]\n',
  );
  const found = await every(folder);
  assert.equal(
    found.filter((line) => line.startsWith('overlays/api')),
    ['overlays/api: warning configuration-missing (applied alone; not beside overlays/settings)'],
  );
  assert.ok(found.some((line) => line.startsWith('overlays/all: error render')));
});

test('what others include, and components, are not applied; what renders nothing is a warning', async () => {
  await using folder = await folderWith({
    ...pieces,
    'component/kustomization.yaml': 'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n',
    'overlays/three/kustomization.yaml': 'resources: [later.yaml]\n',
    'overlays/three/later.yaml': '# made at the first start\n',
  });
  assert.equal(await every(folder, '.'), ['overlays/three: warning render ']);
  const nothing = await inside(folder, () => checkEvery('component', kustomize, options(folder))).catch(
    (error: Error) => error.message,
  );
  assert.match(String(nothing), 'there is no kustomization below component');
});

test('outside a repository, files are named from a folder that holds them all', async () => {
  await using folder = await folderWith(pieces);
  const found = await inside({ ...folder, path: join(folder.path, 'overlays') }, () =>
    checkPath('one', kustomize, {
      ...options(folder),
      rules: rules.filter(({ id }) =>
        ['token-for-nothing', 'image-unpinned', 'namespace-missing'].includes(id),
      ),
    }),
  );
  const files = found.findings.map(({ source }) => source?.file ?? '');
  assert.ok(files.length > 0);
  assert.equal(
    files.filter((file) => file.startsWith('../')),
    [],
  );
  assert.is(found.target, 'overlays/one');
});

test.run();
