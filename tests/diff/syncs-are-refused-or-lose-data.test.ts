import { test } from 'uvu';
import { tellsDangers } from './danger-cases.ts';
import { apps, claim, type Fields, object, pod, pvc } from './objects.ts';

const job = (image: string, annotations?: Fields) =>
  object(
    'batch/v1',
    'Job',
    { spec: { template: pod({ image }) } },
    annotations === undefined ? {} : { annotations },
  );
const replace = { 'argocd.argoproj.io/sync-options': 'Force=true,Replace=true' };
const keep = { 'argocd.argoproj.io/sync-options': 'Prune=false' };
const size = (storage: string) => ({ resources: { requests: { storage } } });
const other = { matchLabels: { app: 'other' } };

tellsDangers({
  "a Deployment's selector": [
    [apps('Deployment', {})],
    [apps('Deployment', { selector: other })],
    ['error field-immutable Deployment spec.selector.matchLabels.app'],
  ],
  "a StatefulSet's claims, and its Service's name": [
    [apps('StatefulSet', { serviceName: 'a', volumeClaimTemplates: [claim('1Gi')] })],
    [apps('StatefulSet', { serviceName: 'b', volumeClaimTemplates: [claim('2Gi')] })],
    ['error field-immutable StatefulSet spec.serviceName'],
  ],
  'what of a StatefulSet may be changed': [
    [apps('StatefulSet', { replicas: 1, minReadySeconds: 1, volumeClaimTemplates: [claim('1Gi')] })],
    [apps('StatefulSet', { replicas: 3, minReadySeconds: 2, volumeClaimTemplates: [claim('1024Mi')] })],
    [],
  ],
  "a Job's template, where nothing replaces it": [
    [job('store:1')],
    [job('store:2')],
    ['error field-immutable Job spec.template.spec.containers[name=store].image'],
  ],
  "a Job's template, where a sync replaces it": [
    [job('store:1', replace)],
    [job('store:2', replace)],
    ['note object-replaced Job spec.template.spec.containers[name=store].image'],
  ],
  "a Service's address": [
    [object('v1', 'Service', { spec: { clusterIP: 'None', ports: [{ port: 80 }] } })],
    [object('v1', 'Service', { spec: { ports: [{ port: 81 }] } })],
    ['error field-immutable Service spec.clusterIP'],
  ],
  "a claim's class, and a claim that grows": [
    [pvc({ storageClassName: 'slow', ...size('1Gi') }), pvc(size('1Gi'), { name: 'grows' })],
    [pvc({ storageClassName: 'ssd', ...size('1Gi') }), pvc(size('2Gi'), { name: 'grows' })],
    ['error field-immutable PersistentVolumeClaim spec.storageClassName'],
  ],
  'a claim that shrinks, and one that is written in another way': [
    [pvc(size('2Gi')), pvc(size('1Gi'), { name: 'same' })],
    [pvc(size('1Gi')), pvc(size('1024Mi'), { name: 'same' })],
    ['error storage-shrinks PersistentVolumeClaim spec.resources.requests.storage'],
  ],
  'who a binding gives rights to, and which': [
    [object('rbac.authorization.k8s.io/v1', 'RoleBinding', { roleRef: { name: 'a' }, subjects: [] })],
    [
      object('rbac.authorization.k8s.io/v1', 'RoleBinding', {
        roleRef: { name: 'b' },
        subjects: [{ name: 'c' }],
      }),
    ],
    ['error field-immutable RoleBinding roleRef.name'],
  ],
  'a ConfigMap that said it would not change': [
    [object('v1', 'ConfigMap', { immutable: true, data: { a: '1' } })],
    [object('v1', 'ConfigMap', { immutable: true, data: { a: '2' } })],
    ['error field-immutable ConfigMap data.a'],
  ],
  'a claim, a namespace and a definition that go': [
    [
      pvc({}),
      object('v1', 'Namespace', {}, { name: 'shop' }),
      object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', {}),
    ],
    [],
    [
      'error claim-goes PersistentVolumeClaim',
      'error namespace-goes Namespace',
      'note stays-behind CustomResourceDefinition',
    ],
  ],
  'a claim that goes from git alone': [
    [pvc({}, { annotations: keep })],
    [],
    ['note stays-behind PersistentVolumeClaim'],
  ],
  'a StatefulSet with data that gets another name': [
    [apps('StatefulSet', { volumeClaimTemplates: [claim('1Gi')] })],
    [apps('StatefulSet', { volumeClaimTemplates: [claim('1Gi')] }, { name: 'depot' })],
    ['warning stateful-goes StatefulSet'],
  ],
  'a StatefulSet that replaces no pods from now on, and those for which that is well': [
    [
      apps('StatefulSet', {}),
      apps('DaemonSet', { updateStrategy: { type: 'RollingUpdate' } }),
      apps('StatefulSet', { updateStrategy: { rollingUpdate: { partition: 1 } } }, { name: 'said' }),
      apps('StatefulSet', { updateStrategy: { type: 'OnDelete' } }, { name: 'as-before' }),
      apps('Deployment', {}),
    ],
    [
      apps('StatefulSet', { updateStrategy: { type: 'OnDelete' } }),
      apps('DaemonSet', { updateStrategy: { type: 'OnDelete' } }),
      apps('StatefulSet', { updateStrategy: { type: 'OnDelete' } }, { name: 'said' }),
      apps('StatefulSet', { updateStrategy: { type: 'OnDelete' }, replicas: 2 }, { name: 'as-before' }),
      apps('Deployment', { strategy: { type: 'Recreate' } }),
    ],
    ['error strategy-refused StatefulSet spec.updateStrategy.type'],
  ],
});

test.run();
