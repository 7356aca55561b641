import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { contextOf, describeResource, judge, readEnvironment, readRendered } from '@plumbline/validators';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { buildModel } from '../../../validators/model/model.ts';
import { makerOf } from '../../../validators/operators/index.ts';

const fixtures = join(import.meta.dirname, 'fixtures');
const right = await readFile(join(fixtures, 'store.yaml'), 'utf8');
const environment = await readEnvironment(fixtures, 'environment.yaml', undefined, true);

const objectsOf = (text: string) => readRendered(text, new Map()).map(({ object }) => object);

/** What all rules say of the shop after an edit: `rule resource path`. */
function found(from: string | RegExp = '', to = ''): string[] {
  const text = right.replace(from, to);
  assert.ok(from === '' || text !== right, `there is no ${from}`);
  const { findings } = judge(contextOf('shop', undefined, environment, objectsOf(text)));
  return findings.map(({ rule, resource, path }) =>
    [rule, resource && describeResource(resource), path].join(' '),
  );
}

test('a database, its pooler and who asks them are right as they are', () => {
  assert.equal(found(), []);
});

test('a cluster makes pods, claims, Services by their kinds, and what its pods ask the API with', () => {
  const model = buildModel(objectsOf(right));
  const made = model.objects.filter((object) => makerOf(object) !== undefined);
  assert.equal(
    made.map(({ kind, metadata }) => `${kind} ${metadata.name}`),
    [
      ...[
        'StatefulSet store',
        'Service store-rw',
        'Service store-ro',
        'Service database',
        'ServiceAccount store',
      ],
      ...['Role store', 'RoleBinding store', 'PodMonitor store'],
      ...['Deployment store-pooler', 'Service store-pooler', 'ServiceAccount store-pooler'],
      ...['Role store-pooler', 'RoleBinding store-pooler'],
    ],
  );
  for (const service of model.services) assert.is(model.behind(service).length, 1, service.name);
  const pods = model.workloads.find(({ name }) => name === 'store');
  assert.equal([pods?.replicas.max, pods?.claimTemplates], [3, ['pgdata']]);
});

test('the Secrets that it makes have the keys that it gives them', () => {
  const withoutLogin = right.replace(', secret: { name: store-login } }', ' }');
  const { configurations } = buildModel(objectsOf(withoutLogin));
  const keys = Object.fromEntries(configurations.map(({ name, values }) => [name, [...values.keys()]]));
  assert.ok(keys['store-app']?.includes('jdbc-uri'));
  assert.equal(keys['store-ca'], ['ca.crt', 'ca.key']);
  assert.is(buildModel(objectsOf(right)).configuration('Secret', 'shop', 'store-app'), undefined);
});

const api = 'Deployment shop/api spec.template.spec.containers[0]';
/** Mistakes, and where they are found: in the custom resource's own fields, or with whoever is led astray. */
const mistakes: Readonly<Record<string, readonly [from: string | RegExp, to: string, finding: string]>> = {
  'a Service that it does not make': [
    'store-ro:5432',
    'store-r:5432',
    `address-without-service ${api}.env[2].value`,
  ],
  'a Service that it is told to leave out': [
    'disabledDefaultServices: [r]',
    'disabledDefaultServices: [ro]',
    `address-without-service ${api}.env[2].value`,
  ],
  'another port': ['//database:5432', '//database:5433', `address-port-closed ${api}.env[0].value`],
  'a pooler of another name': [
    'store-pooler:5432',
    'store-poler:5432',
    `address-without-service ${api}.env[1].value`,
  ],
  'a pooler for a cluster that is not there': [
    'cluster: { name: store }',
    'cluster: { name: stor }',
    'address-without-service Pooler shop/store-pooler spec.cluster.name',
  ],
  'a login that nobody makes': [
    'secret: { name: store-login } }',
    'secret: { name: store-logon } }',
    'configuration-missing Cluster shop/store spec.bootstrap.initdb.secret.name',
  ],
  'a login without what it wants': [
    'stringData: { username: shop, password: shop }',
    'stringData: { user: shop, password: shop }',
    'key-missing Cluster shop/store spec.bootstrap.initdb.secret.name',
  ],
  'a class of storage that the cluster does not have': [
    'storageClass: ssd',
    'storageClass: sdd',
    'not-offered Cluster shop/store spec.storage.storageClass',
  ],
  'more than its limit': [
    'requests: { cpu: 500m, memory: 1Gi }',
    'requests: { cpu: 500m, memory: 2Gi }',
    'requests-above-limits Cluster shop/store spec.resources.requests["memory"]',
  ],
  'instances that must keep apart, and too few nodes': [
    'instances: 3\n',
    'instances: 4\n  affinity: { podAntiAffinityType: required }\n',
    'spread-impossible Cluster shop/store spec.affinity.podAntiAffinityType',
  ],
};

for (const [what, [from, to, finding]] of Object.entries(mistakes)) {
  test(`${what} is found where it stands`, () => {
    assert.ok(found(from, to).includes(finding), JSON.stringify(found(from, to), undefined, 2));
  });
}

test('messages call the pods by the resource that they are made of', () => {
  const text = right.replace('storageClass: ssd', 'storageClass: sdd');
  const { findings } = judge(contextOf('shop', undefined, environment, objectsOf(text)));
  for (const { message } of findings) assert.not.match(message, /StatefulSet store/);
});

test.run();
