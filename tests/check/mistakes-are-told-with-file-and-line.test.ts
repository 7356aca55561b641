import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Folder } from '../harness/folder.ts';
import { checked, command, lines, repository } from './repository.ts';

interface Mistake {
  readonly make: (folder: Folder) => Promise<void>;
  /** The targets that have it. */
  readonly targets: readonly string[];
  /** `rule | object | field | file:line | message`, the message in part. */
  readonly told: string;
}

const everyShop = ['kind', 'kind/shop', 'production', 'production/shop'];
const production = ['production', 'production/shop'];

const mistakes: Readonly<Record<string, Mistake>> = {
  'a typo in a field': {
    make: (folder) => folder.edit('base/shop/deployment.yaml', 'imagePullPolicy', 'imagePulPolicy'),
    targets: everyShop,
    told:
      'schema | Deployment api | spec.template.spec.containers[0].imagePulPolicy | base/shop/deployment.yaml:18 | ' +
      'there is no field imagePulPolicy in spec.template.spec.containers[0] (did you mean "imagePullPolicy"?)',
  },
  'a typo in a patch': {
    make: (folder) => folder.edit('overlays/production/shop/replicas-patch.yaml', 'replicas:', 'replcas:'),
    targets: production,
    told: 'schema | Deployment api | spec.replcas | overlays/production/shop/replicas-patch.yaml:6 | there is no field replcas',
  },
  'a value of the wrong type': {
    make: (folder) => folder.edit('base/depot/statefulset.yaml', 'serviceName: store', 'serviceName: 7'),
    targets: ['kind', 'kind/depot', 'production', 'production/depot'],
    told: 'schema | StatefulSet store | spec.serviceName | base/depot/statefulset.yaml:6 | this is a number and must be a string',
  },
  'an amount that is no quantity': {
    make: (folder) => folder.edit('base/shop/deployment.yaml', 'memory: 64Mi', 'memory: 64MB'),
    targets: everyShop,
    told: 'schema | Deployment api | spec.template.spec.containers[0].resources.requests.memory | base/shop/deployment.yaml:25 |',
  },
  'a list that is none, which rules would stumble over': {
    make: (folder) =>
      folder.edit(
        'base/shop/service.yaml',
        '  ports:\n    - name: http\n      port: 80\n      targetPort: http\n',
        '  ports: 80\n',
      ),
    targets: everyShop,
    told: 'schema | Service api | spec.ports | base/shop/service.yaml:8 | this is a number and must be an array',
  },
  'a wrong API version': {
    make: (folder) => folder.edit('base/shop/deployment.yaml', 'apps/v1', 'apps/v1beta2'),
    targets: ['kind', 'kind/shop'],
    told:
      'schema | Deployment api | apiVersion | base/shop/deployment.yaml:1 | ' +
      'apps/v1beta2 has no Deployment; it is in apps/v1',
  },
  'an unknown kind': {
    make: (folder) => folder.edit('base/shop/service.yaml', 'kind: Service', 'kind: Servce'),
    targets: everyShop,
    told: 'schema | Servce api | apiVersion | base/shop/service.yaml:1 | there is no schema for v1 Servce (did you mean "Service"?)',
  },
  'a missing file': {
    make: (folder) => folder.edit('base/shop/kustomization.yaml', 'deployment.yaml', 'deploymnet.yaml'),
    targets: everyShop,
    told:
      'render | - | resources[1] | base/shop/kustomization.yaml:5 | ' +
      'resources[1] names deploymnet.yaml, which is not there (did you mean "deployment.yaml"?)',
  },
  'a missing configuration file': {
    make: (folder) => folder.edit('base/shop/kustomization.yaml', 'settings.conf', 'setting.conf'),
    targets: everyShop,
    told: 'render | - | configMapGenerator[0].files[0] | base/shop/kustomization.yaml:10 | configMapGenerator[0].files[0] names setting.conf',
  },
  'a patch of an object that is not there': {
    make: (folder) => folder.edit('overlays/production/shop/replicas-patch.yaml', 'name: api', 'name: apy'),
    targets: production,
    told:
      'render | Deployment apy | metadata.name | overlays/production/shop/replicas-patch.yaml:4 | ' +
      'it patches Deployment apy, and there is no such object (did you mean "api"?)',
  },
  'a JSON patch of a field that is not there': {
    make: (folder) =>
      folder.edit(
        'overlays/production/shop/kustomization.yaml',
        '  - path: replicas-patch.yaml\n',
        '  - target: { kind: Deployment, name: api }\n    patch: |-\n      - op: replace\n        path: /spec/strategy/type\n        value: Recreate\n',
      ),
    targets: production,
    told: 'render | - | patches[0] | overlays/production/shop/kustomization.yaml:15 | a JSON patch changes /spec/strategy/type of Deployment api',
  },
  'a typo in what a JSON patch adds': {
    make: (folder) =>
      folder.edit(
        'overlays/production/shop/kustomization.yaml',
        '  - path: replicas-patch.yaml\n',
        '  - path: replicas-patch.yaml\n  - target: { kind: Deployment, name: a.* }\n    patch: |-\n      - op: add\n        path: /spec/pused\n        value: true\n',
      ),
    targets: production,
    told: 'schema | Deployment api | spec.pused | overlays/production/shop/kustomization.yaml:17 | there is no field pused',
  },
  'a file that is not YAML': {
    make: (folder) => folder.edit('base/depot/service.yaml', '  clusterIP: None', '  clusterIP: [None'),
    targets: ['kind', 'kind/depot', 'production', 'production/depot'],
    told: 'render | - |  | base/depot/service.yaml:7 | base/depot/service.yaml is not YAML at line 7',
  },
  'an object that is there twice': {
    make: async (folder) => {
      await folder.write('base/shop/again.yaml', await folder.read('base/shop/service.yaml'));
      await folder.edit(
        'base/shop/kustomization.yaml',
        '  - service.yaml',
        '  - service.yaml\n  - again.yaml',
      );
    },
    targets: everyShop,
    told:
      'render | Service api | metadata.name | base/shop/again.yaml:4 | ' +
      'base/shop/again.yaml adds Service api, and base/shop/service.yaml:4 has it already',
  },
  'a deprecated field': {
    make: async (folder) =>
      folder.write(
        'overlays/kind/depot/kustomization.yaml',
        `${await folder.read('overlays/kind/depot/kustomization.yaml')}commonLabels:\n  a: b\n`,
      ),
    targets: ['kind', 'kind/depot'],
    told: "render | - | commonLabels | overlays/kind/depot/kustomization.yaml:8 | 'commonLabels' is deprecated",
  },
  'a number that the facts do not say': {
    make: (folder) =>
      folder.edit('overlays/production/shop/replicas-patch.yaml', 'replicas: 3', 'replicas: 2'),
    targets: ['production/shop'],
    told:
      'fact | Deployment api | spec.replicas | overlays/production/shop/replicas-patch.yaml:6 | ' +
      'facts/shop.md:5 says that replicas is 3, and it is 2',
  },
  'an image that is not pinned': {
    make: (folder) => folder.edit('base/depot/statefulset.yaml', 'busybox:1.37.0', 'busybox:1.36.0'),
    targets: ['kind', 'kind/depot', 'production', 'production/depot'],
    told: 'image-not-pinned | StatefulSet store | spec.template.spec.containers[0].image | base/depot/statefulset.yaml:17 | busybox:1.36.0',
  },
  'a storage class that is not offered': {
    make: (folder) =>
      folder.edit(
        'base/depot/statefulset.yaml',
        '        resources:\n          requests:\n            storage',
        '        storageClassName: standrad\n        resources:\n          requests:\n            storage',
      ),
    targets: ['kind', 'kind/depot', 'production', 'production/depot'],
    told: 'not-offered | StatefulSet store | spec.volumeClaimTemplates[0].spec.storageClassName | base/depot/statefulset.yaml:29 |',
  },
};

/** The message without the target's name in front, which render failures have. */
const plain = (line: string) => line.replace(/ \| \S+ (?:does not render|renders with a warning): /, ' | ');

for (const [name, { make, targets, told }] of Object.entries(mistakes)) {
  test(`${name}: the library tells target, object, field, file and line`, async () => {
    await using folder = await repository();
    await make(folder);
    const found = lines(await checked(folder)).map(plain);
    const of = found.filter((line) => line.slice(line.indexOf(': ') + 2).startsWith(told));
    assert.equal(
      of.map((line) => line.slice(0, line.indexOf(': '))),
      targets,
      found.join('\n'),
    );
  });
}

test('nothing is wrong with the fixture itself', async () => {
  await using folder = await repository();
  assert.equal(lines(await checked(folder)), []);
});

test('a mistake in one target leaves the others judged', async () => {
  await using folder = await repository();
  await mistakes['a patch of an object that is not there']?.make(folder);
  const others = (await checked(folder)).filter(({ findings }) => findings.length === 0);
  assert.equal(
    others.map(({ target, objects }) => `${target.name} ${objects.length}`),
    ['kind 7', 'kind/depot 3', 'kind/shop 4', 'production/depot 3'],
  );
});

for (const name of [
  'a typo in a field',
  'a missing file',
  'a wrong API version',
  'a patch of an object that is not there',
  'a file that is not YAML',
  'an object that is there twice',
]) {
  test(`${name}: the command prints it, and exits 1`, async () => {
    await using folder = await repository();
    const { make, told, targets } = mistakes[name] as Mistake;
    await make(folder);
    const { status, stdout } = await command(folder);
    assert.is(status, 1);
    const [rule, , field = '', at = '', message = ''] = told.split(' | ');
    for (const part of [`error ${rule}`, field, `  at ${at}\n`, message]) assert.match(stdout, part);
    for (const target of targets) assert.match(stdout, new RegExp(`^ {2}in .*\\b${target}\\b`, 'm'));
    assert.match(stdout, /[1-9]\d* errors?, \d+ warnings?\n$/);
  });
}

test('a repository without mistakes exits 0, and what is told is told on standard output alone', async () => {
  await using folder = await repository();
  const { status, stdout, stderr } = await command(folder);
  assert.is(status, 0, stdout);
  assert.match(stdout, /^kind: 1 node, 2 CPU, 4Gi\n/);
  assert.match(stdout, '6 of 6 targets rendered (0 as before), 28 objects (14 distinct) of 5 kinds');
  assert.not.match(stderr, 'error');
});

test.run();
