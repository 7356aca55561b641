import { test } from 'uvu';
import { tellsDangers } from './danger-cases.ts';
import { apps, newer, object, pod } from './objects.ts';

const partition = (from: number) => ({ updateStrategy: { rollingUpdate: { partition: from } } });

tellsDangers({
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
});

test.run();
