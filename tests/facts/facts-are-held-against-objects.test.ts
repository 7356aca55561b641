import {
  contextOf,
  judge,
  type KubernetesObject,
  parseYaml,
  splitDocuments,
  UsageError,
} from '@plumbline/validators';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type Fact,
  factsRule,
  findObject,
  judgeFact,
  loadFacts,
  readers,
  writtenName,
} from '../../facts/index.ts';
import { folderWith } from '../harness/folder.ts';
import { environment } from '../validators/rules/judged.ts';

const objects = splitDocuments(`apiVersion: apps/v1
kind: Deployment
metadata: { name: api, labels: { app.kubernetes.io/component: api } }
spec:
  strategy: { type: RollingUpdate, rollingUpdate: { maxUnavailable: 1, maxSurge: 25% } }
  template:
    metadata: { labels: { tier: backend } }
    spec:
      initContainers:
        - { name: wait-for-mysql, image: "busybox:1.37.0" }
        - { name: prepare }
        - { name: wait-for-schema }
      containers:
        - name: api
          image: shop-api:latest
          command: [node, api.ts]
          args: [--quiet]
          ports: [{ name: http, containerPort: 8080 }, { name: metrics, containerPort: 9090 }]
          resources: { requests: { cpu: 100m, memory: 64Mi }, limits: { cpu: 1, memory: 1Gi } }
          livenessProbe: { httpGet: { path: /health, port: http } }
          readinessProbe: { tcpSocket: { port: http } }
          startupProbe: { exec: { command: [test, -f, /ready] } }
          env:
            - { name: HOST, value: "mysql:3306" }
            - { name: PASSWORD, valueFrom: { secretKeyRef: { name: mysql-secret, key: password } } }
            - { name: MODE, valueFrom: { configMapKeyRef: { name: settings-2m9t7gk4c5, key: mode } } }
            - { name: NODE, valueFrom: { fieldRef: { fieldPath: spec.nodeName } } }
          envFrom: [{ secretRef: { name: a } }, { configMapRef: { name: settings-2m9t7gk4c5 } }]
          volumeMounts:
            - { name: settings, mountPath: /etc/shop/a.conf, subPath: a.conf }
            - { name: data, mountPath: /data }
            - { name: tmp, mountPath: /tmp }
        - { name: beside, image: "beside:1", resources: { requests: { cpu: 1m } } }
      volumes:
        - { name: settings, configMap: { name: settings-2m9t7gk4c5 } }
        - { name: data, persistentVolumeClaim: { claimName: data } }
        - { name: tmp, emptyDir: {} }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: kafka }
spec:
  replicas: 3
  serviceName: kafka-headless
  template:
    spec: { containers: [{ name: kafka, volumeMounts: [{ name: kafka-data, mountPath: /data }] }] }
  volumeClaimTemplates:
    - metadata: { name: kafka-data }
      spec: { accessModes: [ReadWriteOnce], storageClassName: ssd, resources: { requests: { storage: 10Gi } } }
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: data }
spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }
---
apiVersion: v1
kind: Service
metadata: { name: api }
spec: { type: NodePort, ports: [{ name: http, port: 80, targetPort: http, nodePort: 30000 }] }
---
apiVersion: v1
kind: Service
metadata: { name: kafka-headless }
spec: { clusterIP: None, ports: [{ port: 9092 }] }
---
apiVersion: batch/v1
kind: CronJob
metadata: { name: tidy }
spec:
  schedule: "*/5 * * * *"
  concurrencyPolicy: Forbid
  failedJobsHistoryLimit: 3
  jobTemplate: { spec: { backoffLimit: 4, template: { spec: { restartPolicy: OnFailure, containers: [{ name: tidy }] } } } }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: settings-2m9t7gk4c5 }
data: { a.conf: "greeting = hello", mode: fast }
---
apiVersion: v1
kind: Secret
metadata: { name: mysql-secret }
stringData: { user: a, password: b }
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: outside }
spec: { data: [{ secretKey: b }, { secretKey: a }] }
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: api }
spec:
  scaleTargetRef: { kind: Deployment, name: api }
  minReplicas: 2
  maxReplicas: 10
  metrics: [{ type: Resource, resource: { name: cpu, target: { averageUtilization: 80 } } }]
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: api }
spec: { maxUnavailable: 1 }
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: shop }
spec:
  ingressClassName: traefik
  tls: [{ hosts: [shop.example.com], secretName: shop-tls }]
  rules: [{ host: shop.example.com, http: { paths: [{ path: /api, backend: { service: { name: api, port: { name: http } } } }] } }]
`).map((text) => parseYaml(text) as KubernetesObject);

/** Each fact as a table writes it, with what it reads of the objects above. */
const readings: readonly (readonly [string, string, string])[] = [
  ['Deployment/api', 'exists', 'yes'],
  ['Deployment/api', 'replicas', '2..10'],
  ['StatefulSet/kafka', 'replicas', '3'],
  ['Deployment/api', 'strategy', 'RollingUpdate 1/25%'],
  ['Deployment/api', 'requests', '100m / 64Mi'],
  ['Deployment/api', 'requests beside', '1m / none'],
  ['Deployment/api', 'limits', '1 / 1Gi'],
  ['Deployment/api', 'image', 'shop-api:latest'],
  ['Deployment/api', 'image wait-for-mysql', 'busybox:1.37.0'],
  ['Deployment/api', 'command', 'node api.ts --quiet'],
  ['Deployment/api', 'ports', 'http 8080, metrics 9090'],
  ['Service/api', 'ports', 'http 80 -> http (30000)'],
  ['Service/kafka-headless', 'ports', '9092 -> 9092'],
  ['Service/api', 'type', 'NodePort'],
  ['Service/kafka-headless', 'type', 'headless'],
  ['StatefulSet/kafka', 'storage', 'kafka-data 10Gi ReadWriteOnce'],
  ['PersistentVolumeClaim/data', 'storage', '1Gi ReadWriteOnce'],
  ['StatefulSet/kafka', 'storage class', 'ssd'],
  ['PersistentVolumeClaim/data', 'storage class', 'default'],
  ['CronJob/tidy', 'schedule', '*/5 * * * *'],
  ['CronJob/tidy', 'concurrency', 'Forbid'],
  ['CronJob/tidy', 'history', '3/3'],
  ['CronJob/tidy', 'restart policy', 'OnFailure'],
  ['CronJob/tidy', 'backoff limit', '4'],
  ['Deployment/api', 'liveness', 'GET /health http'],
  ['Deployment/api', 'readiness', 'tcp http'],
  ['Deployment/api', 'startup', 'exec test -f /ready'],
  ['Deployment/api', 'liveness beside', 'none'],
  ['Deployment/api', 'env HOST', 'mysql:3306'],
  ['Deployment/api', 'env PASSWORD', 'secret mysql-secret password'],
  ['Deployment/api', 'env MODE', 'configmap settings mode'],
  ['Deployment/api', 'env NODE', 'field spec.nodeName'],
  ['Deployment/api', 'env NONE', 'none'],
  ['Deployment/api', 'env from', 'secret a, configmap settings'],
  ['Deployment/api', 'mount /etc/shop/a.conf', 'configmap settings a.conf'],
  ['Deployment/api', 'mount /data', 'claim data'],
  ['Deployment/api', 'mount /tmp', 'emptyDir'],
  ['StatefulSet/kafka', 'mount /data', 'template kafka-data'],
  ['Deployment/api', 'mount /none', 'none'],
  ['Deployment/api', 'waits for', 'mysql, schema'],
  ['StatefulSet/kafka', 'waits for', 'none'],
  ['StatefulSet/kafka', 'service name', 'kafka-headless'],
  ['ConfigMap/settings', 'keys', 'a.conf, mode'],
  ['Secret/mysql-secret', 'keys', 'password, user'],
  ['ExternalSecret/outside', 'keys', 'a, b'],
  ['ConfigMap/settings', 'data mode', 'fast'],
  ['ConfigMap/settings', 'data a.conf', '~greeting'],
  ['Deployment/api', 'pod label tier', 'backend'],
  ['Deployment/api', 'label app.kubernetes.io/component', 'api'],
  ['HorizontalPodAutoscaler/api', 'scales', 'Deployment/api 2..10 cpu 80%'],
  ['PodDisruptionBudget/api', 'budget', 'max unavailable 1'],
  ['Ingress/shop', 'routes', 'shop.example.com /api -> api:http'],
  ['Ingress/shop', 'class', 'traefik'],
  ['Ingress/shop', 'tls', 'shop-tls shop.example.com'],
  ['Service/api', '$.spec.ports[0].port', '80'],
  ['Deployment/api', '$.metadata.labels["app.kubernetes.io/component"]', 'api'],
  ['ConfigMap/settings', '$.data', '{"a.conf":"greeting = hello","mode":"fast"}'],
  ['Service/none', 'exists', '-'],
];

const fact = (object: string, name: string, expected: string): Fact => {
  return { object, name, expected, environment: 'kind', file: 'facts/shop.md', line: 7 };
};

const found = (object: string, name: string, expected: string) =>
  judgeFact(fact(object, name, expected), objects, 'kind/shop');

for (const [object, name, expected] of readings) {
  test(`${object}: ${name} is ${expected}, and nothing else`, () => {
    assert.is(found(object, name, expected), undefined, found(object, name, expected)?.message);
    assert.ok(found(object, name, expected === '-' ? 'yes' : `${expected}x`), 'another value was accepted');
  });
}

test('every reader has a fact above', () => {
  const tried = readings.map(([, name]) => name);
  assert.equal(
    Object.keys(readers).filter(
      (reader) => !tried.some((name) => name === reader || name.startsWith(`${reader} `)),
    ),
    [],
  );
});

test('a fact that does not hold names its line, the object, the field, and both values', () => {
  assert.equal(found('Deployment/api', 'image', 'shop-api:1'), {
    object: objects[0],
    path: 'spec.template.spec.containers[0].image',
    message: 'facts/shop.md:7 says that image is shop-api:1, and it is shop-api:latest',
  });
});

const container = 'spec.template.spec.containers[0]';

/** Facts of several values, one of which is wrong, with the field that somebody has to mend. */
const wrongParts: readonly (readonly [string, string, string, string])[] = [
  ['Deployment/api', 'requests', '100m / 32Mi', `${container}.resources.requests.memory`],
  ['Deployment/api', 'limits', '2 / 1Gi', `${container}.resources.limits.cpu`],
  ['Deployment/api', 'env HOST', 'mysql:3307', `${container}.env[0].value`],
  [
    'Deployment/api',
    'env PASSWORD',
    'secret mysql-secret pass',
    `${container}.env[1].valueFrom.secretKeyRef.key`,
  ],
  [
    'Deployment/api',
    'env MODE',
    'configmap options mode',
    `${container}.env[2].valueFrom.configMapKeyRef.name`,
  ],
  ['Deployment/api', 'command', 'node api.ts --loud', `${container}.args[0]`],
  [
    'Deployment/api',
    'mount /etc/shop/a.conf',
    'configmap other a.conf',
    'spec.template.spec.volumes[0].configMap.name',
  ],
  ['CronJob/tidy', 'history', '3/1', 'spec.successfulJobsHistoryLimit'],
  ['Ingress/shop', 'tls', 'other-tls shop.example.com', 'spec.tls[0].secretName'],
  ['Service/api', 'ports', 'http 81 -> http (30000)', 'spec.ports[0].port'],
  [
    'StatefulSet/kafka',
    'storage',
    'kafka-data 20Gi ReadWriteOnce',
    'spec.volumeClaimTemplates[0].spec.resources.requests.storage',
  ],
  [
    'Deployment/api',
    `$.metadata.labels['app.kubernetes.io/component']`,
    'web',
    'metadata.labels["app.kubernetes.io/component"]',
  ],
];

for (const [object, name, expected, path] of wrongParts) {
  test(`${object}: ${name} that is not ${expected} is wrong at ${path}`, () => {
    assert.is(found(object, name, expected)?.path, path);
  });
}

test('a count that a scaler sets is wrong at the scaler', () => {
  const problem = found('Deployment/api', 'replicas', '2..5');
  assert.is(problem?.object?.kind, 'HorizontalPodAutoscaler');
  assert.is(problem?.path, 'spec.maxReplicas');
});

test('a text that lacks a line is wrong at the line that comes nearest', () => {
  const config = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'config' },
    data: { 'a.yaml': 'mode: fast\nstore: redis:6380\nlevel: info\n' },
  };
  const problem = judgeFact(
    fact('ConfigMap/config', 'data a.yaml', '~store: redis:6379'),
    [config],
    'kind/shop',
  );
  assert.is(problem?.within, 2);
});

test('an object that is not there is found at the fact, with the nearest that is', () => {
  const finding = found('Deployment/apy', 'replicas', '2');
  assert.match(
    finding?.message ?? '',
    'says that kind/shop has Deployment/apy, and it has not (did you mean "Deployment/api"?)',
  );
  assert.equal(finding?.source, { file: 'facts/shop.md', line: 7 });
});

test('an object that should not be there is found', () => {
  assert.match(found('Service/api', 'exists', '-')?.message ?? '', 'says that kind/shop has no Service/api');
});

test('a fact of another kind than it is read of, or of a container that there is not, is told', () => {
  assert.match(
    found('Service/api', 'replicas', '2')?.message ?? '',
    'and it is read of a Deployment or StatefulSet',
  );
  assert.match(found('Deployment/api', 'image apy', 'a')?.message ?? '', 'and there is no container apy');
  assert.match(found('Service/api', 'liveness', 'none')?.message ?? '', 'and a Service has no pods');
});

test('a workload that is scaled and pinned at once reads as such', () => {
  const pinned = structuredClone(objects) as { spec?: { replicas?: number } }[];
  Object.assign(pinned[0]?.spec ?? {}, { replicas: 2 });
  const finding = judgeFact(fact('Deployment/api', 'replicas', '2..10'), pinned as never, 'kind/shop');
  assert.match(finding?.message ?? '', 'it is 2..10 with replicas 2');
});

test('generated names are met without their suffix, an exact name first', () => {
  assert.is(writtenName('settings-2m9t7gk4c5'), 'settings');
  assert.is(writtenName('kafka-headless'), 'kafka-headless');
  assert.is(writtenName('settings-2m9t7gk4c'), 'settings-2m9t7gk4c');
  assert.is(findObject(objects, 'ConfigMap/settings')?.metadata.name, 'settings-2m9t7gk4c5');
});

test('a rule holds a system alone against its facts of that environment', () => {
  const rule = factsRule(
    new Map([
      [
        'shop',
        [
          fact('Deployment/api', 'image', 'other'),
          { ...fact('Deployment/api', 'image', 'other'), environment: 'production' },
        ],
      ],
    ]),
  );
  const judged = (system: string | undefined) =>
    judge(contextOf('kind', system, environment, objects), [rule]).findings;
  assert.is(judged('shop').length, 1);
  assert.is(judged('depot').length, 0);
  assert.is(judged(undefined).length, 0);
});

test('a fact that nobody reads is refused when facts are loaded, with the nearest', async () => {
  const table = (name: string) => `| object | fact | kind |\n| --- | --- | --- |\n| A/a | ${name} | b |\n`;
  await using folder = await folderWith({
    'facts/shop.md': table('storage class'),
    'facts/note.txt': 'none',
  });
  assert.equal([...(await loadFacts(folder.path)).keys()], ['shop']);
  await folder.write('facts/shop.md', table('schedul'));
  await loadFacts(folder.path).then(
    () => assert.unreachable(),
    (error: Error) => {
      assert.instance(error, UsageError);
      assert.match(error.message, 'facts/shop.md:3: there is no fact "schedul" (did you mean "schedule"?)');
    },
  );
});

test.run();
