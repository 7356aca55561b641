import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { KubernetesObject } from '../../../validators/render/objects.ts';
import { lineAt } from '../../../validators/source/line-at.ts';
import { locator } from '../../../validators/source/locate.ts';
import { folderWith } from '../../harness/folder.ts';

const files: Readonly<Record<string, string>> = {
  'base/shop/kustomization.yaml': 'resources: [deployment.yaml, services.yaml]\n',
  'base/components/more/kustomization.yaml': 'kind: Component\npatches:\n  - path: replicas-patch.yaml\n',
  'base/shop/deployment.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  replicas: 2
  template:
    spec:
      containers:
        - name: api
          image: api
        - name: proxy
          image: proxy
`,
  'base/shop/services.yaml': `apiVersion: v1
kind: Service
metadata:
  name: api
---
apiVersion: v1
kind: Service
metadata:
  name: web
  annotations:
    example.com/a.b: c
spec:
  type: NodePort
`,
  'base/components/more/replicas-patch.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  minReadySeconds: 5
  replicas: 3
`,
  'overlays/kind/shop/replicas-patch.yaml': `# One is enough here.
kind: Deployment
apiVersion: apps/v1
metadata:
  name: api
spec:
  replicas: 1
`,
  'overlays/kind/shop/kustomization.yaml': `kind: Kustomization
resources: [../../../base/shop]
components: [../../../base/components/more]
namePrefix: kind-
patches:
  - path: replicas-patch.yaml
  - target: { kind: Deployment, name: api }
    patch: |-
      - op: add
        path: /spec/paused
        value: true
  - patch: |-
      apiVersion: apps/v1
      kind: Deployment
      metadata:
        name: api
      spec:
        progressDeadlineSeconds: 60
configMapGenerator:
  - name: settings
    literals: [a=b]
`,
  'base/shop/api.conf': 'kind: Deployment\nmetadata:\n  name: api\n',
};

const api: KubernetesObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'kind-api' },
  spec: {
    replicas: 1,
    minReadySeconds: 5,
    progressDeadlineSeconds: 60,
    template: {
      spec: {
        containers: [
          { name: 'api', image: 'api' },
          { name: 'proxy', image: 'proxy' },
        ],
      },
    },
  },
};
const web: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'kind-web', annotations: { 'example.com/a.b': 'c' } },
  spec: { type: 'NodePort' },
};
const named = (apiVersion: string, kind: string, name: string): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name },
});

async function where(object: KubernetesObject, path: string, from = 'overlays/kind/shop'): Promise<string> {
  await using folder = await folderWith(files);
  const source = locator(folder.path, from)(object, path);
  return source === undefined ? 'nowhere' : `${source.file}:${source.line}`;
}

const overlay = 'overlays/kind/shop/kustomization.yaml';

test('a field that base alone sets is traced to base, through lists', async () => {
  assert.is(await where(api, 'spec.template.spec.containers[1].image'), 'base/shop/deployment.yaml:13');
});

test('a field that a component sets is traced to the component', async () => {
  assert.is(await where(api, 'spec.minReadySeconds'), 'base/components/more/replicas-patch.yaml:6');
});

test('a field that the overlay patches last is traced to the overlay', async () => {
  assert.is(await where(api, 'spec.replicas'), 'overlays/kind/shop/replicas-patch.yaml:7');
});

test('a patch that stands in a kustomization is traced there, by its line in the file', async () => {
  assert.is(await where(api, 'spec.progressDeadlineSeconds'), `${overlay}:18`);
});

test('a field that nothing sets is traced to the object in base, as near as it has it', async () => {
  assert.is(await where(api, 'spec.template.spec.hostNetwork'), 'base/shop/deployment.yaml:8');
});

test('a field that is not there is traced to what it should be in', async () => {
  assert.is(await where(api, 'spec.template.spec.containers[7].image'), 'base/shop/deployment.yaml:9');
});

test('of several documents in a file, the one that describes the object', async () => {
  assert.is(await where(web, 'spec.type'), 'base/shop/services.yaml:13');
  assert.is(await where(web, 'metadata.annotations["example.com/a.b"]'), 'base/shop/services.yaml:11');
  assert.is(await where(named('v1', 'Service', 'kind-api'), ''), 'base/shop/services.yaml:1');
});

test('a name is compared as the prefixes make it, and is the prefix’s own field', async () => {
  assert.is(await where(named('v1', 'Service', 'web'), 'spec.type'), 'nowhere');
  assert.is(
    await where(named('v1', 'Service', 'web'), 'spec.type', 'base/shop'),
    'base/shop/services.yaml:13',
  );
  assert.is(await where(web, 'metadata.name'), `${overlay}:4`);
});

test('a generated object is traced to its generator, and to the literal', async () => {
  const settings = { ...named('v1', 'ConfigMap', 'kind-settings-7c5h2g25f6'), data: { a: 'b' } };
  assert.is(await where(settings, 'metadata.namespace'), `${overlay}:20`);
  assert.is(await where(settings, 'data.a'), `${overlay}:21`);
});

test('an object that no file describes is nowhere', async () => {
  assert.is(await where(named('v1', 'Secret', 'kind-api'), 'data'), 'nowhere');
  assert.is(await where(named('apps/v1', 'Deployment', 'kind-store'), 'spec'), 'nowhere');
});

test('the line of a path is that of its deepest step that is there', () => {
  const text = '# a\nresources:\n  - a\n  - b\n"c d":\n  e: 1\n';
  assert.equal(
    ['resources', 'resources[1]', 'resources[5]', '["c d"].e', 'none', ''].map((path) => lineAt(text, path)),
    [2, 4, 2, 6, 2, 2],
  );
});

test.run();
