import * as assert from 'uvu/assert';
import { buildModel, contextOf, judge, type KubernetesObject } from '../../../validators/index.ts';
import { shaped } from '../../../validators/model/shape.ts';
import { suite } from '../../harness/suite.ts';

const test = suite('objects are brought into shape');

const deployment = (spec: unknown): KubernetesObject =>
  ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'api', namespace: 'shop' },
    spec,
  }) as KubernetesObject;

const container = (fields: object) =>
  deployment({ selector: {}, template: { spec: { containers: [{ name: 'api', ...fields }] } } });

test('an object that is right is left as it is', () => {
  const right = container({ env: [{ name: 'PORT', value: '8080' }], ports: [{ containerPort: 80 }] });
  assert.is(shaped(right), right);
});

test('an object of a kind without a schema is left as it is', () => {
  const unknown = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'x' }, spec: null };
  assert.is(shaped(unknown), unknown);
  const odd = { apiVersion: '../../secrets/v1', kind: '../x', metadata: { name: 'x' } };
  assert.is(shaped(odd), odd);
});

test('a number where a text is wanted becomes one, and the other way round', () => {
  const { spec } = shaped(
    container({ env: [{ name: 'PORT', value: 8080 }], ports: [{ containerPort: '80' }] }),
  );
  const text = JSON.stringify(spec);
  assert.match(text, '"value":"8080"');
  assert.match(text, '"containerPort":80');
});

test('what cannot be is left out, nulls are, and entries of a list keep their places', () => {
  const { spec } = shaped(
    deployment({
      replicas: {},
      strategy: null,
      template: { spec: { containers: [null, { name: 'api', env: {} }] } },
    }),
  );
  assert.equal(spec, { template: { spec: { containers: [{ name: '' }, { name: 'api' }] } } });
});

test('what must be there is there, but for a selector, which would select everything', () => {
  assert.equal(shaped(deployment({})).spec, { template: {} });
});

test('no rule fails on an object that is wrong all over', () => {
  const wrong = [null, undefined, 7, 'x', [], {}].flatMap((value) => [
    deployment(value),
    deployment({ template: value }),
    deployment({ template: { spec: value } }),
    deployment({ template: { spec: { containers: value, volumes: value } } }),
    deployment({ template: { spec: { containers: [value], volumes: [value], affinity: value } } }),
    container({ env: value, command: value, ports: value, resources: value, livenessProbe: value }),
    container({ env: [value], command: [value], ports: [value], volumeMounts: [value] }),
    ...['Service', 'ConfigMap', 'Secret', 'PersistentVolumeClaim', 'ServiceAccount'].map((kind) => ({
      apiVersion: 'v1',
      kind,
      metadata: { name: 'x' },
      spec: value,
      data: value,
    })),
    ...['NetworkPolicy', 'Ingress'].map((kind) => ({
      apiVersion: 'networking.k8s.io/v1',
      kind,
      metadata: { name: 'x' },
      spec: value,
    })),
    { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name: 'x' }, spec: value },
    { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'x' }, spec: value },
    { apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'x' }, spec: value },
    { apiVersion: 'monitoring.coreos.com/v1', kind: 'PrometheusRule', metadata: { name: 'x' }, spec: value },
    { apiVersion: 'monitoring.coreos.com/v1', kind: 'ServiceMonitor', metadata: { name: 'x' }, spec: value },
  ]);
  for (const object of wrong) {
    const rendered = [object as KubernetesObject];
    assert.not.throws(() => judge(contextOf('x', undefined, undefined, rendered)), JSON.stringify(object));
  }
  assert.is(buildModel(wrong as KubernetesObject[]).objects.length, wrong.length);
});

test.run();
