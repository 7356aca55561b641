import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compareObjects } from '../../validators/diff/compare-objects.ts';
import { dangersOf } from '../../validators/diff/dangers/index.ts';
import { readEnvironment } from '../../validators/environment/environment.ts';
import { buildModel } from '../../validators/model/model.ts';
import type { KubernetesObject } from '../../validators/render/objects.ts';
import {
  apps,
  asking,
  brokers,
  budgeted,
  claim,
  claimed,
  crowd,
  ensemble,
  job,
  keep,
  newer,
  object,
  onceClaim,
  other,
  partition,
  pod,
  pvc,
  quota,
  replace,
  ring,
  shop,
  size,
  surging,
} from './small-objects.ts';

const environment = await readEnvironment(
  join(import.meta.dirname, 'fixtures', 'repository'),
  'overlays/production/environment.yaml',
);

/** What changing the older into the newer would do on three nodes: `severity id kind path`. */
function dangers(before: readonly KubernetesObject[], after: readonly KubernetesObject[]): string[] {
  const objects = compareObjects(before, after);
  const found = dangersOf({
    ...{ objects, environment, before: buildModel(before), after: buildModel(after) },
  });
  for (const { message } of found) assert.ok(message.length > 40, message);
  return found.map(({ severity, id, resource, path = '' }) =>
    `${severity} ${id} ${resource.kind} ${path}`.trimEnd(),
  );
}

const cases: Readonly<
  Record<string, readonly [readonly KubernetesObject[], readonly KubernetesObject[], readonly string[]]>
> = {
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
  'an image of a lower version': [
    [apps('Deployment', { template: pod({ image: 'store:1.10.0-alpine' }) })],
    [apps('Deployment', { template: pod({ image: 'store:1.9.1-alpine' }) })],
    [
      'note pods-restart Deployment',
      'warning image-downgrade Deployment spec.template.spec.containers[name=store].image',
    ],
  ],
  'an image of a higher version, of another form, and of another name': [
    ['store:1.9', 'store:2.0-alpine', 'a/store:3'].map((image, at) =>
      apps('Deployment', { template: pod({ image }) }, { name: `d${at}` }),
    ),
    ['store:1.10', 'store:1.0', 'b/store:2'].map((image, at) =>
      apps('Deployment', { template: pod({ image }) }, { name: `d${at}` }),
    ),
    ['note pods-restart Deployment', 'note pods-restart Deployment', 'note pods-restart Deployment'],
  ],
  'pods that nobody replaces: OnDelete, a partition, a pause': [
    [
      apps('StatefulSet', { updateStrategy: { type: 'OnDelete' } }),
      apps('StatefulSet', { replicas: 3, ...partition(3) }, { name: 'all' }),
      apps('StatefulSet', { replicas: 3, ...partition(1) }, { name: 'some' }),
      apps('StatefulSet', { replicas: 3, ...partition(0) }, { name: 'none' }),
      apps('DaemonSet', { updateStrategy: { type: 'OnDelete' } }),
      apps('Deployment', { paused: true }),
    ],
    [
      apps('StatefulSet', { template: newer, updateStrategy: { type: 'OnDelete' } }),
      apps('StatefulSet', { template: newer, replicas: 3, ...partition(3) }, { name: 'all' }),
      apps('StatefulSet', { template: newer, replicas: 3, ...partition(1) }, { name: 'some' }),
      apps('StatefulSet', { template: newer, replicas: 3, ...partition(0) }, { name: 'none' }),
      apps('DaemonSet', { template: newer, updateStrategy: { type: 'OnDelete' } }),
      apps('Deployment', { template: newer, paused: true }),
    ],
    [
      'note pods-restart StatefulSet',
      'warning pods-not-replaced StatefulSet spec.updateStrategy.type',
      'warning pods-not-replaced StatefulSet spec.updateStrategy.rollingUpdate.partition',
      'warning pods-not-replaced StatefulSet spec.updateStrategy.rollingUpdate.partition',
      'warning pods-not-replaced DaemonSet spec.updateStrategy.type',
      'warning pods-not-replaced Deployment spec.paused',
    ],
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
  "Kafka's brokers: fewer than are to be in sync, fewer that are enough, and more": [
    [brokers('a', 3, '2'), brokers('b', 3, '2'), brokers('c', 1, '2')],
    [brokers('a', 1, '2'), brokers('b', 2, '2'), brokers('c', 3, '2')],
    ['error quorum-lost StatefulSet spec.replicas', 'warning members-go StatefulSet spec.replicas'],
  ],
  "ZooKeeper's and etcd's members: below their majority, and not": [
    [ensemble('a', 'zookeeper:3.9', 5), ensemble('b', 'zookeeper:3.9', 5), ensemble('c', 'etcd:3.6', 3)],
    [ensemble('a', 'zookeeper:3.9', 2), ensemble('b', 'zookeeper:3.9', 4), ensemble('c', 'etcd:3.6', 1)],
    [
      'error quorum-lost StatefulSet spec.replicas',
      'warning members-go StatefulSet spec.replicas',
      'error quorum-lost StatefulSet spec.replicas',
    ],
  ],
  "Cassandra's nodes: too few for QUORUM, and for all rows": [
    [...ring('a', 3), ...ring('b', 4)],
    [...ring('a', 1), ...ring('b', 2)],
    ['error quorum-lost StatefulSet spec.replicas', 'warning members-go StatefulSet spec.replicas'],
  ],
  'fewer pods than a budget keeps, as many as it keeps, and a share': [
    [...budgeted('a', 3, 2), ...budgeted('b', 3, 2), ...budgeted('c', 3, '60%')],
    [...budgeted('a', 1, 2), ...budgeted('b', 2, 2), ...budgeted('c', 1, '60%')],
    ['warning below-budget Deployment spec.replicas'],
  ],
  'a rollout for which no node has room, or a free port; one that lets a pod go first; one that fits': [
    crowd('store:1'),
    crowd('store:2'),
    [
      ...Array(6).fill('note pods-restart Deployment'),
      'error rollout-stuck Deployment spec.strategy',
      'error rollout-stuck Deployment spec.strategy',
    ],
  ],
  'a rollout to larger pods, of which the old ones leave room for one at a time': [
    [apps('Deployment', { ...surging, replicas: 3, template: asking('store:1', '1Mi') })],
    [apps('Deployment', { ...surging, replicas: 3, template: asking('store:1', '2500Mi') })],
    ['note pods-restart Deployment'],
  ],
  'a rollout for which a quota has no room, and one for which it has': [
    [
      quota('a', 2),
      apps('Deployment', surging, { namespace: 'a' }),
      quota('b', 3),
      apps('Deployment', surging, { namespace: 'b' }),
    ],
    [
      quota('a', 2),
      apps('Deployment', { ...surging, template: newer }, { namespace: 'a' }),
      quota('b', 3),
      apps('Deployment', { ...surging, template: newer }, { namespace: 'b' }),
    ],
    [
      'note pods-restart Deployment',
      'note pods-restart Deployment',
      'error rollout-stuck Deployment spec.strategy',
    ],
  ],
  'a rollout whose old pod holds the claim of the new one, and one that recreates': [
    [
      claimed('store:1', {}),
      claimed('store:1', { strategy: { type: 'Recreate' } }, 'b'),
      onceClaim('a'),
      onceClaim('b'),
    ],
    [
      claimed('store:2', {}),
      claimed('store:2', { strategy: { type: 'Recreate' } }, 'b'),
      onceClaim('a'),
      onceClaim('b'),
    ],
    [
      'note pods-restart Deployment',
      'note pods-restart Deployment',
      'error rollout-stuck Deployment spec.strategy',
    ],
  ],
  'a port of a Service that older pods go by, and one that stays beside the newer': [
    shop({}),
    shop({ port: 9090, target: 8080 }),
    ['note pods-restart Deployment', 'warning cut-meanwhile Deployment'],
  ],
  'a Service of another name': [
    shop({}),
    shop({ service: 'backend' }),
    ['note pods-restart Deployment', 'warning cut-meanwhile Deployment'],
  ],
  'a Service that selects the newer pods alone': [
    shop({}),
    shop({ label: 'backend' }),
    [
      'error field-immutable Deployment spec.selector.matchLabels.app',
      'note pods-restart Deployment',
      'warning cut-meanwhile Service spec.selector',
    ],
  ],
  'a port of pods that older ones do not open': [
    shop({}),
    shop({ target: 9090 }),
    ['note pods-restart Deployment', 'warning cut-meanwhile Deployment'],
  ],
  'a policy that lets through newer pods alone': [
    shop({ admits: { app: 'web' } }),
    shop({ tier: 'front', admits: { app: 'web', tier: 'front' } }),
    ['note pods-restart Deployment', 'warning cut-meanwhile Deployment'],
  ],
  'another port in a ConfigMap that keeps its name: older pods have the older one': [
    shop({ settings: true }),
    shop({ settings: true, port: 9090, target: 8080, image: 'web:2' }),
    ['note pods-restart Deployment', 'warning cut-meanwhile Deployment'],
  ],
  'a Service beside which nothing is replaced, and pods that are all stopped before': [
    [...shop({}), ...shop({ namespace: 'b', strategy: { type: 'Recreate' } })],
    [
      ...shop({ extra: 9000 }),
      ...shop({ namespace: 'b', strategy: { type: 'Recreate' }, port: 9090, target: 8080 }),
    ],
    ['note pods-restart Deployment'],
  ],
  'fewer pods of what holds nothing': [
    [apps('StatefulSet', { replicas: 3 })],
    [apps('StatefulSet', { replicas: 1 })],
    [],
  ],
  'values that a container reads when it starts, and a file that it may read again': [
    [
      object('v1', 'ConfigMap', { data: { A: '1' } }, { name: 'settings' }),
      apps('Deployment', { template: pod({ envFrom: [{ configMapRef: { name: 'settings' } }] }) }),
      apps(
        'Deployment',
        { template: pod({}, { volumes: [{ name: 'a', configMap: { name: 'settings' } }] }) },
        { name: 'watches' },
      ),
    ],
    [
      object('v1', 'ConfigMap', { data: { A: '2' } }, { name: 'settings' }),
      apps('Deployment', { template: pod({ envFrom: [{ configMapRef: { name: 'settings' } }] }) }),
      apps(
        'Deployment',
        { template: pod({}, { volumes: [{ name: 'a', configMap: { name: 'settings' } }] }) },
        { name: 'watches' },
      ),
    ],
    ['warning configuration-not-read Deployment'],
  ],
  'values by a name of their content': [
    [
      object('v1', 'ConfigMap', { data: { A: '1' } }, { name: 'settings-5fg97dmmbg' }),
      apps('Deployment', { template: pod({ envFrom: [{ configMapRef: { name: 'settings-5fg97dmmbg' } }] }) }),
    ],
    [
      object('v1', 'ConfigMap', { data: { A: '2' } }, { name: 'settings-g2779dbk55' }),
      apps('Deployment', { template: pod({ envFrom: [{ configMapRef: { name: 'settings-g2779dbk55' } }] }) }),
    ],
    ['note pods-restart Deployment'],
  ],
};

for (const [what, [before, after, expected]] of Object.entries(cases)) {
  test(what, () => {
    assert.equal(dangers(before, after), expected);
    assert.equal(dangers(after, after), []);
  });
}

test.run();
