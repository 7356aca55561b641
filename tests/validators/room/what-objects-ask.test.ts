import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { KubernetesObject } from '../../../validators/render/objects.ts';
import { addUp, podRequest } from '../../../validators/room/asks.ts';

const asking = (cpu: string, more: object = {}) => ({ resources: { requests: { cpu } }, ...more });
const pod = (cpu: string) => ({ spec: { containers: [asking(cpu)] } });

const object = (kind: string, spec: object, name = 'a', namespace = 'n'): KubernetesObject => ({
  apiVersion: 'any/v1',
  kind,
  metadata: { name, namespace },
  spec,
});

const scaler = (kind: string, name: string, minReplicas: number | undefined, namespace = 'n') =>
  object(
    'HorizontalPodAutoscaler',
    { scaleTargetRef: { kind, name }, ...(minReplicas === undefined ? {} : { minReplicas }) },
    'scaler',
    namespace,
  );

test('a pod requests what its containers request together', () => {
  assert.is(podRequest({ containers: [asking('1'), asking('500m'), {}] }, 'cpu'), 1.5);
  assert.is(podRequest({ containers: [asking('1')] }, 'memory'), 0);
  assert.is(podRequest({}, 'cpu'), 0);
});

test('the largest initContainer counts where it alone is more than the containers', () => {
  assert.is(podRequest({ containers: [asking('1')], initContainers: [asking('2'), asking('3')] }, 'cpu'), 3);
  assert.is(podRequest({ containers: [asking('4')], initContainers: [asking('3')] }, 'cpu'), 4);
});

test('a sidecar runs beside the containers and beside the initContainers after it', () => {
  const sidecar = asking('2', { restartPolicy: 'Always' });
  assert.is(podRequest({ containers: [asking('1')], initContainers: [sidecar] }, 'cpu'), 3);
  assert.is(podRequest({ containers: [asking('1')], initContainers: [sidecar, asking('4')] }, 'cpu'), 6);
  assert.is(podRequest({ containers: [asking('1')], initContainers: [asking('4'), sidecar] }, 'cpu'), 4);
  assert.is(podRequest({ containers: [asking('1')], initContainers: [sidecar, sidecar] }, 'cpu'), 5);
});

test('a Deployment asks for each of its replicas, and for one where it names none', () => {
  assert.is(addUp([object('Deployment', { replicas: 3, template: pod('1') })], 1).cpu, 3);
  assert.is(addUp([object('Deployment', { template: pod('1') })], 1).cpu, 1);
  assert.is(addUp([object('Deployment', { replicas: 0, template: pod('1') })], 1).pods, 0);
});

test('a scaled workload asks for its least replicas, or for its own number where that is more', () => {
  const deployment = (replicas?: number) =>
    object('Deployment', { ...(replicas === undefined ? {} : { replicas }), template: pod('1') });
  const pods = (...objects: KubernetesObject[]) => addUp(objects, 1).pods;
  assert.is(pods(deployment(), scaler('Deployment', 'a', 4)), 4);
  assert.is(pods(deployment(2), scaler('Deployment', 'a', 4)), 4);
  assert.is(pods(deployment(6), scaler('Deployment', 'a', 4)), 6);
  assert.is(pods(deployment(), scaler('Deployment', 'a', undefined)), 1);
});

test('a scaler of another kind, name or namespace scales something else', () => {
  const deployment = object('Deployment', { template: pod('1') });
  for (const other of [
    scaler('StatefulSet', 'a', 4),
    scaler('Deployment', 'b', 4),
    scaler('Deployment', 'a', 4, 'm'),
  ]) {
    assert.is(addUp([deployment, other], 1).pods, 1);
  }
});

test('a StatefulSet claims its storage for each replica', () => {
  const claim = { spec: { resources: { requests: { storage: '10Gi' } } } };
  const asks = addUp(
    [object('StatefulSet', { replicas: 3, template: pod('1'), volumeClaimTemplates: [claim] })],
    1,
  );
  assert.is(asks.pods, 3);
  assert.is(asks.storage, 30 * 2 ** 30);
});

test('a claim asks for its storage once', () => {
  const claim = object('PersistentVolumeClaim', { resources: { requests: { storage: '1Gi' } } });
  assert.equal(addUp([claim], 1), { objects: 1, pods: 0, cpu: 0, memory: 0, storage: 2 ** 30 });
});

test('a DaemonSet asks on each node', () => {
  assert.is(addUp([object('DaemonSet', { template: pod('100m') })], 9).pods, 9);
});

test('a Job asks for its parallel pods, a CronJob for those of one run', () => {
  assert.is(addUp([object('Job', { template: pod('1') })], 1).pods, 1);
  assert.is(addUp([object('Job', { parallelism: 2, template: pod('1') })], 1).cpu, 2);
  assert.is(addUp([object('CronJob', { jobTemplate: { spec: { template: pod('1') } } })], 1).pods, 1);
  assert.is(
    addUp([object('CronJob', { jobTemplate: { spec: { parallelism: 3, template: pod('1') } } })], 1).cpu,
    3,
  );
});

test('what has no pods asks for nothing, and is counted', () => {
  const service: KubernetesObject = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' } };
  assert.equal(addUp([service], 1), { objects: 1, pods: 0, cpu: 0, memory: 0, storage: 0 });
});

test('an object whose spec is empty is left to the schema, not stumbled over', () => {
  const kinds = ['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob', 'PersistentVolumeClaim'];
  const empty = [...kinds, 'HorizontalPodAutoscaler'].flatMap((kind): KubernetesObject[] => [
    { apiVersion: 'any/v1', kind, metadata: { name: 'a' } },
    { apiVersion: 'any/v1', kind, metadata: { name: 'a' }, spec: null },
  ]);
  assert.is(addUp(empty, 1).pods, 0);
});

test.run();
