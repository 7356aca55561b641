import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { newReads, readInputs } from '../../../validators/render/inputs.ts';
import { type Folder, folderWith } from '../../harness/folder.ts';

const inputs = (folder: Folder, target = 'overlays/kind') => readInputs(folder.path, target);

const kustomization = 'overlays/kind/kustomization.yaml';

/** Each field of a kustomization that names a file or a folder, and how a kustomization uses it to name `it`. */
const fields: Readonly<Record<string, string>> = {
  'resources[1]': 'resources: [own.yaml, it]',
  'bases[0]': 'bases:\n  - it',
  'components[0]': 'components:\n  - it',
  'generators[0]': 'generators: [it]',
  'transformers[0]': 'transformers: [it]',
  'validators[0]': 'validators: [it]',
  'crds[0]': 'crds: [it]',
  'configurations[0]': 'configurations: [it]',
  'patchesStrategicMerge[0]': 'patchesStrategicMerge: [it]',
  'patches[1].path': 'patches:\n  - patch: |-\n      a: b\n  - path: it',
  'patchesJson6902[0].path': 'patchesJson6902: [{ path: it }]',
  'replacements[0].path': 'replacements: [{ path: it }]',
  'configMapGenerator[0].files[0]': 'configMapGenerator:\n  - name: a\n    files:\n      - it',
  'configMapGenerator[0].files[1]': 'configMapGenerator: [{ name: a, files: [own.yaml, key=it] }]',
  'configMapGenerator[0].envs[0]': 'configMapGenerator: [{ name: a, envs: [it] }]',
  'secretGenerator[0].env': 'secretGenerator: [{ name: a, env: it }]',
  'openapi.path': 'openapi:\n  path: it',
};

for (const [field, text] of Object.entries(fields)) {
  test(`a file that ${field} names is an input, and its content is part of the digest`, async () => {
    await using folder = await folderWith({
      [kustomization]: text,
      'overlays/kind/own.yaml': '',
      'overlays/kind/it': 'one',
    });
    const before = await inputs(folder);
    assert.equal(before.findings, []);
    assert.ok(before.files.includes('overlays/kind/it'));
    await folder.write('overlays/kind/it', 'two');
    assert.is.not((await inputs(folder)).digest, before.digest);
  });

  test(`a file that ${field} names and that is not there is found, with its line`, async () => {
    await using folder = await folderWith({
      [kustomization]: `# it is named below\n${text}`,
      'overlays/kind/own.yaml': '',
    });
    const { findings } = await inputs(folder);
    assert.is(findings.length, 1);
    assert.is(findings[0]?.path, field);
    assert.match(findings[0]?.message ?? '', `${field} names it, which is not there`);
    assert.equal(findings[0]?.source, { file: kustomization, line: 1 + text.split('\n').length });
  });
}

test('the nearest name beside a missing file is suggested', async () => {
  await using folder = await folderWith({
    [kustomization]: 'resources:\n  - deploymnet.yaml\n  - ../../base/aip\n',
    'overlays/kind/deployment.yaml': '',
    'base/api/kustomization.yaml': '',
  });
  const messages = (await inputs(folder)).findings.map(({ message }) => message);
  assert.match(messages[0] ?? '', /\(did you mean "deployment.yaml"\?\)/);
  assert.match(messages[1] ?? '', /\(did you mean "api"\?\)/);
});

test('the line is that of the field, not of another line with the same letters', async () => {
  await using folder = await folderWith({
    [kustomization]: 'apiVersion: v1\nresources:\n  # api\n  - api\n',
  });
  assert.is((await inputs(folder)).findings[0]?.source?.line, 4);
});

test('a folder must have a kustomization, and must not stand where a file is wanted', async () => {
  await using folder = await folderWith({
    [kustomization]: 'resources: [folder]\ncrds: [folder]\n',
    'overlays/kind/folder/deployment.yaml': '',
  });
  const messages = (await inputs(folder)).findings.map(({ message }) => message);
  assert.match(messages[0] ?? '', /a folder without a kustomization\.yaml/);
  assert.match(messages[1] ?? '', /a folder and must be a file/);
});

test('folders are walked, each once, whatever their kustomization is called', async () => {
  await using folder = await folderWith({
    [kustomization]: 'resources: [../../base/a, ../../base/b]\ncomponents: [../../base/c]',
    'base/a/kustomization.yml': 'resources: [../c, a.yaml]',
    'base/a/a.yaml': '',
    'base/b/Kustomization': 'resources: [../a]',
    'base/c/kustomization.yaml': 'configMapGenerator: [{ name: c, files: [c.conf] }]',
    'base/c/c.conf': '',
    'base/c/not-named.yaml': '',
  });
  const { files, findings } = await inputs(folder);
  assert.equal(findings, []);
  assert.equal(files, [
    'base/a/a.yaml',
    'base/a/kustomization.yml',
    'base/b/Kustomization',
    'base/c/c.conf',
    'base/c/kustomization.yaml',
    kustomization,
  ]);
});

test('kustomizations that name each other end the walk', async () => {
  await using folder = await folderWith({
    [kustomization]: 'resources: [../production]',
    'overlays/production/kustomization.yaml': 'resources: [../kind]',
  });
  assert.is((await inputs(folder)).files.length, 2);
});

test('text in the place of a path is no path', async () => {
  await using folder = await folderWith({
    [kustomization]:
      'patchesStrategicMerge:\n  - |-\n    kind: a\n    b: c\n  - "{ kind: a }"\ntransformers:\n  - |-\n    kind: a\n    b: c\n',
  });
  assert.equal((await inputs(folder)).findings, []);
});

test('what a transformer or generator names in its own configuration is an input too', async () => {
  const transformer = 'kind: PatchTransformer\npath: patch.yaml\ntarget: { kind: Deployment }\n';
  await using folder = await folderWith({
    [kustomization]:
      'transformers: [transformer.yaml]\ngenerators:\n  - |-\n    kind: ConfigMapGenerator\n    files: [key=a.conf]\n',
    'overlays/kind/transformer.yaml': `${transformer}---\n${transformer}`,
    'overlays/kind/patch.yaml': 'one',
    'overlays/kind/a.conf': 'one',
  });
  const before = await inputs(folder);
  assert.ok(before.files.includes('overlays/kind/patch.yaml'));
  await folder.write('overlays/kind/patch.yaml', 'two');
  const after = await inputs(folder);
  assert.is.not(after.digest, before.digest);
  await folder.write('overlays/kind/a.conf', 'two');
  assert.is.not((await inputs(folder)).digest, after.digest);
});

for (const address of [
  'https://example.com/base.yaml',
  'git@example.com:team/base.git',
  'git::https://example.com/base',
  'ssh://git@example.com/base',
  'github.com/team/base//folder',
  'gitlab.com/team/base',
  'example.com/team/base.git/folder',
  'example.com/team/base?ref=v1',
]) {
  test(`${address} lies outside: the content is unknown, so there is no digest`, async () => {
    await using folder = await folderWith({ [kustomization]: `resources: ["${address}"]` });
    const { digest, findings } = await inputs(folder);
    assert.is(digest, undefined);
    assert.equal(findings, []);
  });
}

test('a second kustomization in a folder, which the build refuses, is an input', async () => {
  await using folder = await folderWith({ [kustomization]: '' });
  const before = await inputs(folder);
  await folder.write('overlays/kind/kustomization.yml', '');
  assert.is.not((await inputs(folder)).digest, before.digest);
});

test('a kustomization that is no YAML is an input, and the render says what is wrong', async () => {
  await using folder = await folderWith({ [kustomization]: 'resources: [' });
  const { files, findings } = await inputs(folder);
  assert.equal(files, [kustomization]);
  assert.equal(findings, []);
});

test('the same files in another place have the same digest, another name or another cut between files has not', async () => {
  await using folder = await folderWith({
    [kustomization]: 'crds: [a, b]',
    'overlays/kind/a': 'xy',
    'overlays/kind/b': 'z',
    'overlays/other/kustomization.yaml': 'crds: [a, b]',
    'overlays/other/a': 'xy',
    'overlays/other/b': 'z',
    'overlays/cut/kustomization.yaml': 'crds: [a, b]',
    'overlays/cut/a': 'x',
    'overlays/cut/b': 'yz',
  });
  const [kind, other, cut] = await Promise.all(
    ['kind', 'other', 'cut'].map(async (name) => (await inputs(folder, `overlays/${name}`)).digest),
  );
  assert.is(other, kind);
  assert.is.not(cut, kind);
});

test('targets that share files read them once', async () => {
  await using folder = await folderWith({ [kustomization]: 'crds: [a]', 'overlays/kind/a': 'one' });
  const reads = newReads();
  const first = await readInputs(folder.path, 'overlays/kind', reads);
  await folder.write('overlays/kind/a', 'two');
  assert.is((await readInputs(folder.path, 'overlays/kind', reads)).digest, first.digest);
});

test.run();
