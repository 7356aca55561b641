import { checkStreams, rules } from '@plumbline/validators';
import * as assert from 'uvu/assert';
import { folderWith } from '../harness/folder.ts';
import { suite } from '../harness/suite.ts';

const test = suite('doubt is a warning');

/** `severity rule path` of what is found in objects. */
async function found(...objects: readonly string[]): Promise<string[]> {
  await using folder = await folderWith();
  const [target] = await checkStreams([{ name: 'rendered', text: objects.join('---\n') }], {
    kubeconform: process.env.KUBECONFORM ?? 'kubeconform',
    scratch: folder.path,
    workers: 2,
    environment: undefined,
    rules,
  });
  return (target?.findings ?? [])
    .filter(({ rule }) => !rule.startsWith('namespace-'))
    .map(({ severity, rule, path }) => `${severity} ${rule} ${path}`);
}

const workload = (name: string, labels: string, container = '') => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: shop }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: ${labels} }
    spec:
      automountServiceAccountToken: false
      containers:
        - { name: main, image: 'example.com/${name}:1.0.0'${container} }
`;

const service = (selector: string, port = '8080') => `apiVersion: v1
kind: Service
metadata: { name: leader, namespace: shop }
spec:
  selector: ${selector}
  ports: [{ port: 80, targetPort: ${port} }]
`;

const role = (verbs: string) => `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: manager }
rules: [{ apiGroups: [''], resources: [pods], verbs: ${verbs} }]
`;

const api = workload('api', '{ app: api }');

test('a label that no template has, where something may label pods, may be put on later', async () => {
  const leader = service('{ role: leader }');
  const path = 'spec.selector["role"]';
  assert.equal(await found(api, leader, role('[get, patch]')), [`warning service-without-pods ${path}`]);
  assert.equal(await found(api, leader, role('[get, list]')), [`error service-without-pods ${path}`]);
  const mistyped = service('{ app: apo }');
  assert.equal(await found(api, mistyped, role('[patch]')), [
    'error service-without-pods spec.selector["app"]',
  ]);
});

const policy = (label: string) => `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: to-api, namespace: shop }
spec:
  podSelector: { matchLabels: { app: api } }
  ingress: [{ from: [{ podSelector: { matchLabels: { app: ${label} } } }] }]
`;

test('another part of an application, left out here, is no mistyped one', async () => {
  const redis = workload('argocd-redis', '{ app: argocd-redis }');
  const path = 'spec.ingress[0].from[0].podSelector';
  const cases = { 'argocd-server': 'warning', 'argocd-reids': 'error', 'argcd-redis': 'error' };
  for (const [label, severity] of Object.entries(cases)) {
    assert.equal(
      await found(api, redis, policy(label)),
      [`${severity} policy-selects-nothing ${path}`],
      label,
    );
  }
});

test('a server that is known to open a port beside each of its own', async () => {
  const ports = ', ports: [{ containerPort: 8888 }]';
  const twin = service('{ app: seaweedfs }', '18888');
  assert.equal(await found(workload('seaweedfs', '{ app: seaweedfs }', ports), twin), []);
  assert.equal(
    await found(
      workload('other', '{ app: seaweedfs }', ports).replace('app: other }', 'app: seaweedfs }'),
      twin,
    ),
    ['error service-port-unknown spec.ports[0].targetPort'],
  );
});

test('the port of a headless Service that nothing goes by needs nobody to answer', async () => {
  const port = ', ports: [{ containerPort: 8080 }]';
  const named = workload('api', '{ app: api }', port);
  const headless = (type: string) => service('{ app: api }', '10811').replace('spec:\n', `spec:\n${type}`);
  const path = 'spec.ports[0].targetPort';
  assert.equal(await found(named, headless('  clusterIP: None\n')), [`warning service-port-unknown ${path}`]);
  assert.equal(await found(named, headless('')), [`error service-port-unknown ${path}`]);
  const client = workload('client', '{ app: client }', ', env: [{ name: STORE, value: "leader:80" }]');
  const told = await found(named, headless('  clusterIP: None\n'), client);
  assert.ok(told.includes(`error service-port-unknown ${path}`), told.join('\n'));
});

test('a kind that another project has in a group of several is not known; a mistyped one is', async () => {
  const object = (apiVersion: string, kind: string) =>
    `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: a, namespace: shop }\nspec: {}\n`;
  assert.equal(await found(object('argoproj.io/v1alpha1', 'WorkflowTemplate')), [
    'warning schema-unknown apiVersion',
  ]);
  assert.equal(await found(object('monitoring.coreos.com/v1', 'ServiceMonitr')), ['error schema apiVersion']);
  assert.equal(await found(object('apps/v1', 'Workflow')), ['error schema apiVersion']);
});

test.run();
