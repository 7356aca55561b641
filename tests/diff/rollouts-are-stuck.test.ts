import { test } from 'uvu';
import { tellsDangers } from './danger-cases.ts';
import { apps, type Fields, newer, object, pod, pvc } from './objects.ts';

const surging = { replicas: 2, strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } };
const careless = { replicas: 2, strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } } };
const asking = (image: string, memory: string, more: Fields = {}) =>
  pod({ image, resources: { requests: { memory } }, ...more });
/** Two of each on three nodes of 4Gi: three pods of 2.5Gi, and three of a port, are the most. */
const crowd = (image: string) => [
  apps('Deployment', { ...surging, replicas: 3, template: asking(image, '2500Mi') }, { name: 'large' }),
  apps('Deployment', { ...careless, replicas: 3, template: asking(image, '1Mi') }, { name: 'lets-go' }),
  apps('Deployment', { ...surging, template: asking(image, '1Mi') }, { name: 'small' }),
  apps(
    'Deployment',
    {
      ...surging,
      replicas: 3,
      template: asking(image, '1Mi', { ports: [{ containerPort: 80, hostPort: 80 }] }),
    },
    { name: 'at-a-port' },
  ),
  apps(
    'Deployment',
    {
      ...careless,
      replicas: 3,
      template: asking(image, '1Mi', { ports: [{ containerPort: 81, hostPort: 81 }] }),
    },
    { name: 'at-a-port-lets-go' },
  ),
  apps('Deployment', { replicas: 0, template: asking(image, '2500Mi') }, { name: 'off' }),
];
const quota = (namespace: string, pods: number) =>
  object('v1', 'ResourceQuota', { spec: { hard: { pods: `${pods}` } } }, { namespace });
const claimed = (image: string, spec: Fields, namespace = 'a') =>
  apps(
    'Deployment',
    {
      template: pod(
        { image },
        { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'store' } }] },
      ),
      ...spec,
    },
    { namespace },
  );
const onceClaim = (namespace: string) => pvc({ accessModes: ['ReadWriteOnce'] }, { namespace });

tellsDangers({
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
});

test.run();
