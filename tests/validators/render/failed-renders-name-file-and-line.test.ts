import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { explainRenderFailure, explainRenderWarning } from '../../../validators/render/failure.ts';
import { readInputs } from '../../../validators/render/inputs.ts';
import { build } from '../../../validators/render/kustomize.ts';
import type { Target } from '../../../validators/render/targets.ts';
import { type Folder, folderWith } from '../../harness/folder.ts';

const kustomize = process.env.KUSTOMIZE ?? 'kustomize';
const target: Target = {
  name: 'kind/shop',
  environment: 'kind',
  system: 'shop',
  folder: 'overlays/kind/shop',
};
const overlay = `${target.folder}/kustomization.yaml`;

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  replicas: 2
`;

const shop = (kustomization: string, more: Readonly<Record<string, string>> = {}): Promise<Folder> =>
  folderWith({
    'base/shop/kustomization.yaml': 'resources:\n  - deployment.yaml\n',
    'base/shop/deployment.yaml': deployment,
    [overlay]: `resources:\n  - ../../../base/shop\n${kustomization}`,
    ...more,
  });

/** Builds with the pinned kustomize, and explains what it says. */
async function explained(folder: Folder) {
  const { files } = await readInputs(folder.path, target.folder);
  const built = await build([kustomize, 'build'], folder.path, target.folder);
  if (built.ok) return assert.unreachable('it renders') as never;
  const finding = await explainRenderFailure(folder.path, target, built.message, files);
  assert.is(finding.rule, 'render');
  assert.match(finding.message, /^kind\/shop does not render: /);
  return finding;
}

test('a generator that merges into what is not there, by its entry', async () => {
  await using folder = await shop(
    'configMapGenerator:\n  - name: other\n    literals: [a=b]\n  - name: setings\n    behavior: merge\n    literals: [a=b]\n',
  );
  const { message, path, resource, source } = await explained(folder);
  assert.match(message, 'configMapGenerator[1] merges into ConfigMap setings');
  assert.equal(resource, { apiVersion: 'v1', kind: 'ConfigMap', name: 'setings' });
  assert.is(path, 'configMapGenerator[1]');
  assert.equal(source, { file: overlay, line: 6 });
});

test('a file that is not YAML, by its line in the file', async () => {
  await using folder = await shop('', {
    'base/shop/deployment.yaml': `---\n${deployment}---\n# a note\nkind: Service\n  name: api\n`,
  });
  const finding = await explained(folder);
  assert.equal(finding.source, { file: 'base/shop/deployment.yaml', line: 11 });
  assert.match(finding.message, /base\/shop\/deployment\.yaml is not YAML at line 11: /);
});

test('a kustomization that is not YAML', async () => {
  await using folder = await shop('patches: [\nlabels: []\n');
  assert.is((await explained(folder)).source?.file, overlay);
});

test('a key that stands twice', async () => {
  await using folder = await shop('', { 'base/shop/deployment.yaml': `${deployment}  replicas: 3\n` });
  const finding = await explained(folder);
  assert.equal(finding.source, { file: 'base/shop/deployment.yaml', line: 7 });
  assert.match(finding.message, /duplicated mapping key/);
});

test('an object that two files make, with both', async () => {
  await using folder = await shop('  - again.yaml\n', { [`${target.folder}/again.yaml`]: deployment });
  const finding = await explained(folder);
  assert.equal(finding.resource, { apiVersion: 'apps/v1', kind: 'Deployment', name: 'api' });
  assert.equal(finding.source, { file: `${target.folder}/again.yaml`, line: 4 });
  assert.match(
    finding.message,
    /again\.yaml adds Deployment api, and base\/shop\/deployment\.yaml:4 has it already/,
  );
});

test('an object that a component makes again', async () => {
  await using folder = await shop('components: [more]\n', {
    [`${target.folder}/more/kustomization.yaml`]:
      'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [service.yaml, again.yaml]\n',
    [`${target.folder}/more/service.yaml`]: 'apiVersion: v1\nkind: Service\nmetadata:\n  name: api\n',
    [`${target.folder}/more/again.yaml`]: deployment,
  });
  assert.equal((await explained(folder)).source, { file: `${target.folder}/more/again.yaml`, line: 4 });
});

test('a patch of an object that is not there, with the nearest that is', async () => {
  await using folder = await shop('patches:\n  - path: api-patch.yaml\n', {
    [`${target.folder}/api-patch.yaml`]: deployment.replace('name: api', 'name: apy'),
  });
  const finding = await explained(folder);
  assert.equal(finding.resource, { apiVersion: 'apps/v1', kind: 'Deployment', name: 'apy' });
  assert.equal(finding.source, { file: `${target.folder}/api-patch.yaml`, line: 4 });
  assert.match(
    finding.message,
    /it patches Deployment apy, and there is no such object \(did you mean "api"\?\)/,
  );
});

test('a JSON patch, inline, of a field that is not there', async () => {
  const patch = (path: string) => `      - op: replace\n        path: ${path}\n        value: 1\n`;
  await using folder = await shop(
    `patches:\n  - target: { kind: Deployment, name: api }\n    patch: |-\n${patch('/spec/replicas')}${patch('/spec/no/such')}`,
  );
  const finding = await explained(folder);
  assert.is(finding.path, 'patches[0]');
  assert.equal(finding.source, { file: overlay, line: 10 });
  assert.match(
    finding.message,
    /a JSON patch changes \/spec\/no\/such of Deployment api, and there is no such field/,
  );
});

test('a JSON patch, in a file, that removes a field that is not there', async () => {
  await using folder = await shop(
    'patches:\n  - target: { kind: Deployment }\n    path: remove-patch.yaml\n',
    {
      [`${target.folder}/remove-patch.yaml`]: '- op: remove\n  path: /spec/nothing\n',
    },
  );
  assert.equal((await explained(folder)).source, { file: `${target.folder}/remove-patch.yaml`, line: 2 });
});

test('a patch that is neither an object nor a JSON patch', async () => {
  await using folder = await shop('patches:\n  - path: odd-patch.yaml\n', {
    [`${target.folder}/odd-patch.yaml`]: 'spec: {}\n',
  });
  assert.is((await explained(folder)).source?.file, `${target.folder}/odd-patch.yaml`);
});

test('a field that no kustomization has, with the nearest that it has', async () => {
  await using folder = await shop('patchs: []\n');
  const finding = await explained(folder);
  assert.is(finding.path, 'patchs');
  assert.equal(finding.source, { file: overlay, line: 3 });
  assert.match(finding.message, /no field patchs \(did you mean "patches"\?\)/);
});

test('a replacement whose source is not there', async () => {
  await using folder = await shop(`replacements:
  - source: { kind: Deployment, name: apy, fieldPath: spec.replicas }
    targets: [{ select: { kind: Deployment }, fieldPaths: [spec.minReadySeconds] }]
`);
  assert.equal((await explained(folder)).source, { file: overlay, line: 4 });
});

test('a file that holds no object', async () => {
  await using folder = await shop('  - notes.yaml\n', { [`${target.folder}/notes.yaml`]: 'just: notes\n' });
  assert.is((await explained(folder)).source?.file, `${target.folder}/notes.yaml`);
});

test('a failure that names nothing is told as it is, at the target', async () => {
  await using folder = await shop('');
  const finding = await explainRenderFailure(folder.path, target, 'out of luck', [overlay]);
  assert.is(finding.message, 'kind/shop does not render: out of luck');
  assert.is(finding.source?.file, overlay);
});

test('a deprecated field is a warning with its line', async () => {
  await using folder = await shop('commonLabels:\n  a: b\n');
  const built = await build([kustomize, 'build'], folder.path, target.folder);
  assert.ok(built.ok);
  const [warning = ''] = built.ok ? built.warnings : [];
  const finding = await explainRenderWarning(folder.path, target, warning, [
    'base/shop/kustomization.yaml',
    overlay,
  ]);
  assert.equal(finding.source, { file: overlay, line: 3 });
  assert.is(finding.path, 'commonLabels');
  assert.match(finding.message, /^kind\/shop renders with a warning: 'commonLabels' is deprecated/);
});

test.run();
