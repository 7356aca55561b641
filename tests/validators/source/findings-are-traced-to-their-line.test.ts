import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { KubernetesObject } from '../../../validators/render/objects.ts';
import { lineAt } from '../../../validators/source/line-at.ts';
import { locateSource } from '../../../validators/source/locate.ts';
import { folderWith } from '../../harness/folder.ts';

const files: Readonly<Record<string, string>> = {
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
patches:
  - target: { kind: Deployment, name: api }
    patch: |-
      - op: add
        path: /spec/paused
        value: true
configMapGenerator:
  - name: settings
    literals: [a=b]
`,
  'base/shop/api.conf': 'kind: Deployment\nmetadata:\n  name: api\n',
};

const object = (kind: string, name: string): KubernetesObject => ({
  apiVersion: 'any',
  kind,
  metadata: { name },
});

async function where(kind: string, name: string, path: string, among = Object.keys(files)): Promise<string> {
  await using folder = await folderWith(files);
  const source = await locateSource(folder.path, among, object(kind, name), path);
  return source === undefined ? 'nowhere' : `${source.file}:${source.line}`;
}

test('a field that base alone sets is traced to base, through lists', async () => {
  assert.is(
    await where('Deployment', 'api', 'spec.template.spec.containers[1].image'),
    'base/shop/deployment.yaml:13',
  );
});

test('a field that a component sets too is traced to the component', async () => {
  assert.is(
    await where('Deployment', 'api', 'spec.minReadySeconds'),
    'base/components/more/replicas-patch.yaml:6',
  );
  const without = Object.keys(files).filter((file) => !file.startsWith('overlays/'));
  assert.is(
    await where('Deployment', 'api', 'spec.replicas', without),
    'base/components/more/replicas-patch.yaml:7',
  );
});

test('a field that an overlay patches is traced to the overlay, whatever the order of the files', async () => {
  const overlay = 'overlays/kind/shop/replicas-patch.yaml:7';
  assert.is(await where('Deployment', 'api', 'spec.replicas'), overlay);
  assert.is(await where('Deployment', 'api', 'spec.replicas', Object.keys(files).toReversed()), overlay);
});

test('a field that a JSON patch sets is traced to the object in base, as near as it has it', async () => {
  assert.is(await where('Deployment', 'api', 'spec.template.spec.paused'), 'base/shop/deployment.yaml:8');
});

test('a field that is not there is traced to what it should be in', async () => {
  assert.is(
    await where('Deployment', 'api', 'spec.template.spec.containers[7].image'),
    'base/shop/deployment.yaml:9',
  );
});

test('of several documents in a file, the one that describes the object', async () => {
  assert.is(await where('Service', 'web', 'spec.type'), 'base/shop/services.yaml:13');
  assert.is(
    await where('Service', 'web', 'metadata.annotations["example.com/a.b"]'),
    'base/shop/services.yaml:11',
  );
  assert.is(await where('Service', 'api', ''), 'base/shop/services.yaml:1');
});

test('a name with a prefix or a suffix of the render is the same; the exact one goes first', async () => {
  assert.is(await where('Service', 'kind-web', 'spec.type'), 'base/shop/services.yaml:13');
  assert.is(await where('Service', 'web-7c5h2g', 'spec.type'), 'base/shop/services.yaml:13');
  assert.is(await where('Service', 'webs', 'spec.type'), 'nowhere');
});

test('a generated object is traced to its generator', async () => {
  assert.is(
    await where('ConfigMap', 'settings-7c5h2g25f6', 'data.a'),
    'overlays/kind/shop/kustomization.yaml:9',
  );
});

test('an object that no file describes is nowhere', async () => {
  assert.is(await where('Secret', 'api', 'data'), 'nowhere');
  assert.is(await where('Deployment', 'store', 'spec'), 'nowhere');
});

test('the line of a path is that of its deepest step that is there', () => {
  const text = '# a\nresources:\n  - a\n  - b\n"c d":\n  e: 1\n';
  assert.equal(
    ['resources', 'resources[1]', 'resources[5]', '["c d"].e', 'none', ''].map((path) => lineAt(text, path)),
    [2, 4, 2, 6, 2, 2],
  );
});

test.run();
