import { build, contextOf, judge, readRendered } from '@plumbline/validators';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { locator } from '../../../validators/source/locate.ts';
import { folderWith } from '../../harness/folder.ts';

const test = suite('the last writer');

/** Four kustomizations deep, with a component in the middle: each field is written by one more thing than the one before. */
const files: Readonly<Record<string, string>> = {
  'base/kustomization.yaml': `resources: [deployment.yaml, service.yaml]
configMapGenerator:
  - name: settings
    files: [application.yaml]
    literals: [mode=plain]
    envs: [base.env]
labels:
  - pairs: { team: base }
`,
  'base/application.yaml': 'a: 1\n',
  'base/base.env': '# levels\nLEVEL=info\nCOLOUR=red\n',
  'base/deployment.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
  annotations: { note: base }
spec:
  replicas: 1
  minReadySeconds: 1
  selector:
    matchLabels: { app: api }
  template:
    metadata:
      labels: { app: api }
    spec:
      containers:
        - name: api
          image: example.com/api:1.0.0
          env:
            - { name: A, value: base }
            - { name: B, value: base }
          resources:
            limits: { memory: 64Mi }
        - name: proxy
          image: example.com/proxy:1.0.0
`,
  'base/service.yaml': `apiVersion: v1
kind: Service
metadata: { name: api }
spec:
  selector: { app: api }
  ports:
    - { name: http, port: 80 }
    - { name: admin, port: 81 }
`,
  'component/kustomization.yaml': `apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
patches:
  - path: beside-patch.yaml
  - target: { kind: Deployment, labelSelector: team=base }
    path: any-patch.yaml
`,
  // What a patch names comes first in the rendered lists, so that the places in base no longer fit.
  'component/beside-patch.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: { name: api }
spec:
  template:
    spec:
      containers:
        - name: beside
          image: example.com/beside:1.0.0
        - name: api
          env:
            - { name: B, value: component }
`,
  'component/any-patch.yaml': `apiVersion: any
kind: any
metadata:
  name: any
  annotations: { note: component }
spec:
  minReadySeconds: 2
`,
  'middle/kustomization.yaml': `resources: [../base]
components: [../component]
namePrefix: shop-
namespace: shop
replicas:
  - name: api
    count: 2
images:
  - name: example.com/api
    newTag: 2.0.0
configMapGenerator:
  - name: settings
    behavior: merge
    literals: [mode=middle]
labels:
  - pairs: { tier: middle }
    includeTemplates: true
`,
  'top/kustomization.yaml': `resources: [../middle]
nameSuffix: -v2
commonAnnotations: { owner: top }
patches:
  - target: { kind: Deployment, name: shop-api }
    patch: |-
      - op: replace
        path: /spec/minReadySeconds
        value: 3
      - op: add
        path: /spec/template/spec/containers/1/resources
        value:
          limits:
            cpu: 100m
  - target: { kind: Deployment, name: shop-api }
    patch: '[{"op": "add", "path": "/spec/paused", "value": true}]'
  - target: { kind: Service, name: shop-api }
    patch: |-
      - op: remove
        path: /spec/selector/app
  - patch: |-
      apiVersion: v1
      kind: Service
      metadata: { name: api }
      spec:
        ports:
          - port: 81
            targetPort: admin
replacements:
  - source: { kind: Service, fieldPath: metadata.name }
    targets:
      - select: { kind: Deployment }
        fieldPaths:
          - spec.template.spec.containers.[name=api].env.[name=A].value
`,
};

/** The place of each field as `file: what stands on the line`, by its kind and path. */
async function placesOf(fields: readonly (readonly [kind: string, path: string])[]): Promise<string[]> {
  await using folder = await folderWith(files);
  const built = await build([process.env.KUSTOMIZE ?? 'kustomize', 'build'], folder.path, 'top');
  if (!built.ok) throw new Error(built.message);
  const objects = readRendered(built.stream, new Map()).map(({ object }) => object);
  const locate = locator(folder.path, 'top');
  return fields.map(([kind, path]) => {
    const object = objects.find((one) => one.kind === kind);
    const source = object && locate(object, path);
    if (source?.line === undefined) return source?.file ?? 'nowhere';
    return `${source.file}: ${files[source.file]?.split('\n')[source.line - 1]?.trim()}`;
  });
}

const containers = 'spec.template.spec.containers';

const places: readonly (readonly [what: string, kind: string, path: string, place: string])[] = [
  [
    'base, where nobody changed it',
    'Deployment',
    'spec.selector.matchLabels.app',
    'base/deployment.yaml: matchLabels: { app: api }',
  ],
  [
    'base, in an entry that has another place in the list now',
    'Deployment',
    `${containers}[2].image`,
    'base/deployment.yaml: image: example.com/proxy:1.0.0',
  ],
  [
    'the patch of a component that added the entry',
    'Deployment',
    `${containers}[0].image`,
    'component/beside-patch.yaml: image: example.com/beside:1.0.0',
  ],
  [
    'the patch of a component, in an entry by its key',
    'Deployment',
    `${containers}[1].env[0].value`,
    'component/beside-patch.yaml: - { name: B, value: component }',
  ],
  [
    'a patch by target, whatever name it has itself',
    'Deployment',
    'metadata.annotations.note',
    'component/any-patch.yaml: annotations: { note: component }',
  ],
  ['the replica count', 'Deployment', 'spec.replicas', 'middle/kustomization.yaml: count: 2'],
  ['the image', 'Deployment', `${containers}[1].image`, 'middle/kustomization.yaml: newTag: 2.0.0'],
  ['the label', 'Deployment', 'metadata.labels.tier', 'middle/kustomization.yaml: - pairs: { tier: middle }'],
  [
    'the label of the template',
    'Deployment',
    'spec.template.metadata.labels.tier',
    'middle/kustomization.yaml: - pairs: { tier: middle }',
  ],
  ['the namespace', 'Deployment', 'metadata.namespace', 'middle/kustomization.yaml: namespace: shop'],
  [
    'the suffix, which came after the prefix',
    'Deployment',
    'metadata.name',
    'top/kustomization.yaml: nameSuffix: -v2',
  ],
  [
    'the annotation of all',
    'Deployment',
    'metadata.annotations.owner',
    'top/kustomization.yaml: commonAnnotations: { owner: top }',
  ],
  ['the operation of a JSON patch', 'Deployment', 'spec.minReadySeconds', 'top/kustomization.yaml: value: 3'],
  [
    'the operation of a JSON patch that stands on one line, in quotes',
    'Deployment',
    'spec.paused',
    `top/kustomization.yaml: patch: '[{"op": "add", "path": "/spec/paused", "value": true}]'`,
  ],
  [
    'the path of an operation that takes away',
    'Service',
    'spec.selector.app',
    'top/kustomization.yaml: path: /spec/selector/app',
  ],
  [
    'inside the value of an operation',
    'Deployment',
    `${containers}[1].resources.limits.cpu`,
    'top/kustomization.yaml: cpu: 100m',
  ],
  [
    'the operation that took away what is missing',
    'Deployment',
    `${containers}[1].resources.limits.memory`,
    'top/kustomization.yaml: limits:',
  ],
  [
    'the replacement',
    'Deployment',
    `${containers}[1].env[1].value`,
    'top/kustomization.yaml: - spec.template.spec.containers.[name=api].env.[name=A].value',
  ],
  [
    'a patch by the name of long ago, in an entry by its key',
    'Service',
    'spec.ports[0].targetPort',
    'top/kustomization.yaml: targetPort: admin',
  ],
  ['the file that a generator read', 'ConfigMap', 'data["application.yaml"]', 'base/application.yaml'],
  ['the line of a file of variables', 'ConfigMap', 'data.COLOUR', 'base/base.env: COLOUR=red'],
  [
    'the literal that was merged last',
    'ConfigMap',
    'data.mode',
    'middle/kustomization.yaml: literals: [mode=middle]',
  ],
  [
    'the container itself, for what it lacks, not a patch that only touched it',
    'Deployment',
    `${containers}[1].livenessProbe`,
    'base/deployment.yaml: - name: api',
  ],
];

test('a line of a text is that line of the file that a generator read', async () => {
  await using folder = await folderWith(files);
  const settings = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'shop-settings-v2-7c5h2g25f6', namespace: 'shop' },
    data: { 'application.yaml': 'a: 1\n' },
  };
  const source = locator(folder.path, 'top')(settings, `data['application.yaml']`, 1);
  assert.equal(source, { file: 'base/application.yaml', line: 1 });
});

test('an address in a file is told with its line of the file', () => {
  const objects = [
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'api', namespace: 'shop' },
      spec: {
        containers: [{ name: 'api', volumeMounts: [{ name: 'settings', mountPath: '/etc/api' }] }],
        volumes: [{ name: 'settings', configMap: { name: 'settings' } }],
      },
    },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings', namespace: 'shop' },
      data: { 'app.properties': 'port=8080\n\ndb.url=jdbc:postgresql://nowhere:5432/shop\n' },
    },
  ];
  const { findings } = judge(contextOf('shop', undefined, undefined, objects));
  const dead = findings.find(({ rule }) => rule === 'address-without-service');
  assert.equal([dead?.path, dead?.within], ['data["app.properties"]', 3]);
});

const found = await placesOf(places.map(([, kind, path]) => [kind, path]));

for (const [index, [what, , , place]] of places.entries()) {
  test(`is ${what}`, () => assert.is(found[index], place));
}

test.run();
