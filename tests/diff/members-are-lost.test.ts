import { test } from 'uvu';
import { tellsDangers } from './danger-cases.ts';
import { apps, labels, object, pod } from './objects.ts';

const brokers = (namespace: string, replicas: number, inSync: string) =>
  apps(
    'StatefulSet',
    {
      replicas,
      template: pod({
        image: 'apache/kafka:4.1.0',
        env: [{ name: 'KAFKA_MIN_INSYNC_REPLICAS', value: inSync }],
        ports: [{ containerPort: 9092 }],
      }),
    },
    { namespace },
  );
const ensemble = (name: string, image: string, replicas: number) =>
  apps('StatefulSet', { replicas, template: pod({ image }) }, { name });
const budgeted = (namespace: string, replicas: number, minAvailable: number | string) => [
  apps('Deployment', { replicas }, { namespace }),
  object(
    'policy/v1',
    'PodDisruptionBudget',
    { spec: { minAvailable, selector: { matchLabels: labels } } },
    { namespace },
  ),
];
const ring = (namespace: string, replicas: number) => [
  apps('StatefulSet', { replicas, template: pod({ image: 'cassandra:5.0' }) }, { namespace }),
  object(
    'v1',
    'ConfigMap',
    {
      data: {
        'a.cql':
          "CREATE KEYSPACE shop WITH replication = {'class': 'NetworkTopologyStrategy', 'datacenter1': '3'};",
      },
    },
    { namespace },
  ),
];

tellsDangers({
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
  'fewer pods of what holds nothing': [
    [apps('StatefulSet', { replicas: 3 })],
    [apps('StatefulSet', { replicas: 1 })],
    [],
  ],
});

test.run();
