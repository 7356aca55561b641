import { chmod, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readRendered } from '../../../validators/render/objects.ts';
import { fieldsAt } from '../../../validators/schemas/fields.ts';
import { pathOf, validateSchemas } from '../../../validators/schemas/validate.ts';
import { folderWith } from '../../harness/folder.ts';

const kubeconform = process.env.KUBECONFORM ?? 'kubeconform';

const deployment = (
  container: string,
  apiVersion = 'apps/v1',
  kind = 'Deployment',
) => `apiVersion: ${apiVersion}
kind: ${kind}
metadata:
  name: api
spec:
  selector: { matchLabels: { app: api } }
  template:
    metadata: { labels: { app: api } }
    spec:
      containers:
        - ${container}
`;

/** `path: message` of each error in the objects. */
async function errors(manifests: string): Promise<string[]> {
  await using folder = await folderWith();
  const objects = readRendered(manifests, new Map());
  const options = { kubeconform, scratch: join(folder.path, 'scratch'), workers: 2 };
  const verdicts = await validateSchemas(objects, options);
  const left = await readdir(options.scratch).catch(() => []);
  assert.equal(left, [], 'the files of the run are gone');
  return objects.flatMap(({ digest }) =>
    (verdicts.get(digest) ?? [{ path: '?', message: 'not judged' }]).map(
      ({ path, message }) => `${path}: ${message}`,
    ),
  );
}

test('valid objects have no errors', async () => {
  assert.equal(await errors(deployment('{ name: api, image: api }')), []);
});

test('an unknown field is named with its path and the nearest that is there', async () => {
  assert.equal(await errors(deployment('{ name: api, imagePulPolicy: Never }')), [
    'spec.template.spec.containers[0].imagePulPolicy: there is no field imagePulPolicy in ' +
      'spec.template.spec.containers[0] (did you mean "imagePullPolicy"?): ' +
      'the API server would refuse it, or drop it without a word',
  ]);
});

test('each of several unknown fields, also at the root', async () => {
  const found = await errors(`${deployment('{ name: api, imagee: a, commandd: [] }')}sepc: {}\n`);
  assert.equal(found.map((text) => text.split(':')[0]).sort(), [
    'sepc',
    'spec.template.spec.containers[0].commandd',
    'spec.template.spec.containers[0].imagee',
  ]);
  assert.ok(found.some((text) => text.includes('no field sepc in Deployment (did you mean "spec"?)')));
});

test('a value of the wrong type is named with both types', async () => {
  assert.equal(await errors(deployment('{ name: api, image: 7 }')), [
    'spec.template.spec.containers[0].image: this is a number and must be a string: ' +
      'the API server would refuse the object',
  ]);
  const [found = ''] = await errors(
    'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: { on: [a] }\n',
  );
  assert.match(found, /^data\.true: this is an array and must be a string: /);
});

test('a field that is missing is named', async () => {
  const found = await errors(
    'apiVersion: apps/v1\nkind: StatefulSet\nmetadata: { name: a }\nspec: { replicas: 1 }\n',
  );
  assert.ok(
    found.some((text) => text.startsWith('spec: the field selector is missing: ')),
    found.join('\n'),
  );
});

test('a word that is none of the allowed ones is named with these', async () => {
  const [found = ''] = await errors(deployment('{ name: api, imagePullPolicy: Sometimes }'));
  assert.match(
    found,
    /^spec\.template\.spec\.containers\[0\]\.imagePullPolicy: .*'Always', 'IfNotPresent', 'Never'/,
  );
  assert.not.match(found, /''|<nil>/);
});

test('a kind in an API version that has it not is named with the right one', async () => {
  assert.equal(await errors(deployment('{ name: api }', 'apps/v1beta1')), [
    'apiVersion: apps/v1beta1 has no Deployment; it is in apps/v1: the API server would refuse the object',
  ]);
  const [service = ''] = await errors('apiVersion: core/v1\nkind: Service\nmetadata: { name: a }\n');
  assert.match(service, 'core/v1 has no Service; it is in v1');
});

test('a kind that there is not is named with the nearest, and the way to add its schema', async () => {
  const [found = ''] = await errors(deployment('{ name: api }', 'apps/v1', 'Deploymnet'));
  assert.match(
    found,
    /^apiVersion: there is no schema for apps\/v1 Deploymnet \(did you mean "Deployment"\?\)/,
  );
  assert.match(found, 'validators/schemas/sources.yaml');
});

test('of many objects each gets its own verdict', async () => {
  const many = Array.from({ length: 30 }, (_, index) =>
    deployment(index % 3 === 0 ? `{ name: api, image${index}: a }` : `{ name: api, image: a${index} }`),
  );
  assert.equal(
    (await errors(many.join('---\n'))).map((text) => /no field image(\d+)/.exec(text)?.[1]),
    ['0', '3', '6', '9', '12', '15', '18', '21', '24', '27'],
  );
});

test('nothing to validate runs nothing', async () => {
  const options = { kubeconform: 'no-such-command', scratch: '/nowhere', workers: 1 };
  assert.is((await validateSchemas([], options)).size, 0);
});

for (const [answer, reason] of [
  ['echo "panic: out of luck" >&2; exit 2', /kubeconform printed no JSON: panic: out of luck/],
  ['echo "{}"', /kubeconform did not judge 1 of 1 objects/],
] as const) {
  test(`a kubeconform that does \`${answer}\` has judged nothing`, async () => {
    await using folder = await folderWith({ kubeconform: `#!/bin/sh\n${answer}\n` });
    const command = join(folder.path, 'kubeconform');
    await chmod(command, 0o755);
    // What surely fits is not asked about.
    const objects = readRendered(deployment('{ name: api, misspelt: true }'), new Map());
    const scratch = join(folder.path, 'scratch');
    await validateSchemas(objects, { kubeconform: command, scratch, workers: 1 }).then(
      () => assert.unreachable(),
      (error: Error) => assert.match(error.message, reason),
    );
    assert.equal(await readdir(scratch), []);
  });
}

test('the fields of a place are those that its schema allows, through references and lists', async () => {
  const container = await fieldsAt('apps/v1', 'Deployment', '/spec/template/spec/containers/0');
  assert.ok(container.includes('imagePullPolicy') && container.includes('livenessProbe'));
  assert.ok((await fieldsAt('apps/v1', 'Deployment', '')).includes('spec'));
  assert.ok((await fieldsAt('v1', 'Service', '/spec')).includes('clusterIP'));
  assert.equal(await fieldsAt('v1', 'Service', '/spec/no/such/place'), []);
  assert.equal(await fieldsAt('v1', 'Servce', '/spec'), []);
});

test('a JSON pointer is written as a path', () => {
  assert.equal(['', '/spec/containers/0/name', '/metadata/annotations/a.b~1c', '/data/x~0y'].map(pathOf), [
    '',
    'spec.containers[0].name',
    'metadata.annotations["a.b/c"]',
    'data["x~y"]',
  ]);
});

test.run();
