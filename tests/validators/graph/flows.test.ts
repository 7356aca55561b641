// biome-ignore-all lint/suspicious/noTemplateCurlyInString: settings hold placeholders of their own.
import * as assert from 'uvu/assert';
import { optionsOf } from '../../../validators/graph/options.ts';
import { peerFlows } from '../../../validators/graph/peers.ts';
import { connection } from '../../../validators/graph/policy.ts';
import { resolveHost } from '../../../validators/graph/resolve.ts';
import {
  buildModel,
  inferFlows,
  type KubernetesObject,
  parseYaml,
  splitDocuments,
} from '../../../validators/index.ts';
import { suite } from '../../harness/suite.ts';

const test = suite('flows');

const modelOf = (yaml: string) =>
  buildModel(splitDocuments(yaml).map((text) => parseYaml(text) as KubernetesObject));

const namespace = (name: string, labels = '{}') => `
apiVersion: v1
kind: Namespace
metadata: {name: ${name}, labels: ${labels}}
---`;

const workload = (name: string, pod: string, { kind = 'Deployment', spec = '' } = {}) => `
apiVersion: apps/v1
kind: ${kind}
metadata: {name: ${name}, namespace: shop}
spec:
  ${spec}
  template:
    metadata: {labels: {app: ${name}}}
    spec: ${pod}
---`;

const service = (name: string, spec: string, selects = name) => `
apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: shop}
spec: {selector: {app: ${selects}}, ${spec}}
---`;

const mysql =
  namespace('shop') +
  workload(
    'mysql',
    '{containers: [{name: mysql, image: "mysql:8", ports: [{name: mysql, containerPort: 3306}]}]}',
    {
      kind: 'StatefulSet',
      spec: 'serviceName: mysql-headless\n  replicas: 2',
    },
  ) +
  service('mysql', 'ports: [{port: 3306, targetPort: mysql}]') +
  service('mysql-headless', 'clusterIP: None, ports: [{port: 3306}]', 'mysql');

const leads = (host: string, extra = '') => {
  const found = resolveHost(modelOf(mysql + extra), 'shop', host);
  return found.to === 'nothing' ? `nothing, meant ${found.meant}` : found.to;
};

for (const [host, to] of [
  ['mysql', 'service'],
  ['mysql.', 'service'],
  ['MYSQL.shop', 'service'],
  ['mysql.shop.svc', 'service'],
  ['mysql.shop.svc.cluster.local', 'service'],
  ['mysql.shop.svc.cluster.example', 'service'],
  ['mysql-1.mysql-headless', 'pod'],
  ['mysql-1.mysql-headless.shop.svc.cluster.local', 'pod'],
  ['mysql-2.mysql-headless', 'nothing, meant mysql-1.mysql-headless'],
  ['mysql-0.mysql', 'nothing, meant mysql'],
  ['mysql-0.mysql-headles', 'nothing, meant mysql-0.mysql-headless'],
  ['msyql', 'nothing, meant mysql'],
  ['msyql.shop', 'nothing, meant mysql'],
  ['mysql.shpo', 'nothing, meant mysql.shop'],
  ['mysql.shpo.svc.cluster.local', 'nothing, meant mysql.shop.svc.cluster.local'],
  ['mysql.shop.scv.cluster.local', 'nothing, meant mysql.shop.svc.cluster.local'],
  ['mysql.shop.svc.cluster.locl', 'nothing, meant mysql.shop.svc.cluster.local'],
  ['redis.cache.svc.cluster.local', 'elsewhere'],
  ['api.open-meteo.com', 'outside'],
  ['shop.example.com', 'outside'],
  ['10.0.0.1', 'outside'],
  ['127.0.0.1', 'itself'],
  ['localhost', 'itself'],
  ['0.0.0.0', 'itself'],
  ['kubernetes.default.svc', 'outside'],
  ['host.docker.internal', 'outside'],
] as const) {
  test(`${host} leads to ${to}`, () => assert.is(leads(host), to));
}

test('a public name that the target itself is reached by is its own', () => {
  const ingress = `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec: {rules: [{host: shop.example.com}]}
---`;
  const route = `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: shop, namespace: shop}
spec: {hostnames: [shop.example.com]}
---`;
  assert.is(leads('shop.example.com', ingress), 'itself');
  assert.is(leads('shop.example.com', route), 'itself');
});

test('a namespace that the target only adds to may have Services of others', () => {
  const model = modelOf(workload('api', '{containers: [{name: api}]}'));
  assert.is(resolveHost(model, 'shop', 'elsewhere.shop.svc').to, 'elsewhere');
  assert.is(resolveHost(model, 'shop', 'elsewhere').to, 'nothing');
});

test('pods with a hostname and a subdomain have names under a headless Service', () => {
  const pods = workload('ring', '{subdomain: ring, hostname: ring-a, containers: [{name: ring}]}');
  const model = modelOf(pods + service('ring', 'clusterIP: None'));
  assert.is(resolveHost(model, 'shop', 'ring-a.ring').to, 'service');
});

const client = (container: string, pod = '') =>
  workload('api', `{${pod}containers: [{name: api, image: api, ${container}}]}`);

const inferred = (yaml: string) => {
  const { flows, deadEnds } = inferFlows(modelOf(yaml));
  return [
    ...flows.map(
      ({ from, destination, verdict }) =>
        `${from.name} -> ${destination}${verdict.allowed ? '' : ` cut ${verdict.cut}`}`,
    ),
    ...deadEnds.map(({ told, kind }) => `${told.workload.name}: ${kind} ${told.address.text}`),
  ];
};

test('what env, args, probes and hooks tell is a flow', () => {
  for (const told of [
    'env: [{name: DB_HOST, value: mysql}, {name: DB_PORT, value: "3306"}]',
    'env: [{name: PGHOST, value: mysql}]',
    'args: ["--db=mysql:3306"]',
    'command: [sh, -c, "until nc -z mysql 3306; do sleep 1; done; exec api"]',
    'readinessProbe: {exec: {command: [mysqladmin, ping, -h, mysql]}}',
    'lifecycle: {preStop: {exec: {command: [sh, -c, "curl http://mysql:3306/drain"]}}}',
    'env: [{name: HOST, value: mysql}, {name: URL, value: "tcp://$(HOST):3306"}]',
  ]) {
    assert.equal(inferred(mysql + client(told)), ['api -> mysql:3306'], told);
  }
});

test('a value that only looks like a host is none', () => {
  for (const told of [
    'env: [{name: NODE_MASTER, value: "true"}]',
    'env: [{name: SPARK_MASTER, value: "local"}]',
    'env: [{name: HTTP_SERVER, value: gunicorn}]',
    'env: [{name: BASIC_AUTH, value: "admin:12345"}]',
    'env: [{name: HOSTNAME, value: whatever}]',
    'env: [{name: EXTERNAL_URL, value: "http://nowhere"}]',
    'env: [{name: CORS_ORIGINS, value: "http://nowhere:3000"}]',
    'env: [{name: RUN_AS, value: "app:101"}]',
  ]) {
    assert.equal(inferred(mysql + client(told)), [], told);
  }
});

test('a name of hostAliases is not asked of DNS', () => {
  const aliases = 'hostAliases: [{ip: 10.0.0.1, hostnames: [legacy]}], ';
  assert.equal(inferred(mysql + client('env: [{name: URL, value: "http://legacy:80"}]', aliases)), []);
});

test('a number that a Service has for UDP alone is a port of it', () => {
  const statsd =
    workload('statsd', '{containers: [{name: statsd, ports: [{containerPort: 8125, protocol: UDP}]}]}') +
    service('statsd', 'ports: [{port: 8125, protocol: UDP}]');
  assert.equal(inferred(statsd + client('env: [{name: STATSD, value: "statsd:8125"}]')), [
    'api -> statsd:8125',
  ]);
});

test('a name that is only looked up makes no connection, and must resolve', () => {
  assert.equal(inferred(mysql + client('command: [nslookup, mysql.shop.svc.cluster.local]')), []);
  assert.equal(inferred(mysql + client('command: [nslookup, msyql]')), ['api: no-service msyql']);
});

test('a server that names its own pods without a port means the port that it knows', () => {
  const minio = (port: string) =>
    workload(
      'minio',
      `{containers: [{name: minio, args: [server, "http://minio-0.minio${port}/data"], ports: [{containerPort: 9000}]}]}`,
      {
        kind: 'StatefulSet',
        spec: 'serviceName: minio',
      },
    ) + service('minio', 'clusterIP: None, ports: [{port: 9000}]');
  assert.equal(inferred(minio('')), ['minio -> minio-0.minio']);
  assert.equal(inferred(minio(':9001')), ['minio: no-port http://minio-0.minio:9001/data']);
});

const policy = (name: string, spec: string) => `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: ${name}, namespace: shop}
spec: ${spec}
---`;

const talk = (policies: string, port = 3306, protocol = 'TCP', more = '') => {
  const model = modelOf(mysql + client('env: []') + policies + more);
  const [from, to] = ['api', 'mysql'].map((name) => model.workloads.find((one) => one.name === name));
  assert.ok(from && to);
  const { allowed, cut } = connection(model, from, to, port, protocol);
  return allowed ? 'allowed' : cut;
};

for (const [what, spec, verdict] of [
  ['no rule, both directions', '{podSelector: {}, policyTypes: [Ingress, Egress]}', 'egress'],
  ['no types and no rules', '{podSelector: {}}', 'ingress'],
  ['no types and an empty egress list', '{podSelector: {}, egress: []}', 'ingress'],
  ['an empty list of types', '{podSelector: {}, policyTypes: [], ingress: [{}]}', 'allowed'],
  [
    'no types and an egress rule',
    '{podSelector: {matchLabels: {app: api}}, ingress: [], egress: [{ports: [{port: 1}]}]}',
    'egress',
  ],
  ['an empty rule', '{podSelector: {}, ingress: [{}], policyTypes: [Ingress]}', 'allowed'],
  ['the port by number', '{podSelector: {}, ingress: [{ports: [{port: 3306}]}]}', 'allowed'],
  ['the port by name', '{podSelector: {}, ingress: [{ports: [{port: mysql}]}]}', 'allowed'],
  ['another name', '{podSelector: {}, ingress: [{ports: [{port: msyql}]}]}', 'ingress'],
  ['a range', '{podSelector: {}, ingress: [{ports: [{port: 3000, endPort: 4000}]}]}', 'allowed'],
  [
    'a range that ends before',
    '{podSelector: {}, ingress: [{ports: [{port: 3000, endPort: 3305}]}]}',
    'ingress',
  ],
  ['every port of a protocol', '{podSelector: {}, ingress: [{ports: [{protocol: TCP}]}]}', 'allowed'],
  ['another protocol', '{podSelector: {}, ingress: [{ports: [{port: 3306, protocol: UDP}]}]}', 'ingress'],
  ['the peer', '{podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: api}}}]}]}', 'allowed'],
  [
    'another peer',
    '{podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: web}}}]}]}',
    'ingress',
  ],
  [
    'its own namespace by name',
    '{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}}]}]}',
    'allowed',
  ],
  [
    'a namespace and pods that are not in it',
    '{podSelector: {}, ingress: [{from: [{namespaceSelector: {}, podSelector: {matchLabels: {app: web}}}]}]}',
    'ingress',
  ],
  [
    'a namespace by a label that it lacks',
    '{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: x}}}]}]}',
    'ingress',
  ],
  [
    'everything but some addresses',
    '{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8]}}]}]}',
    'ingress',
  ],
  ['every address', '{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0}}]}]}', 'allowed'],
  [
    'an expression',
    '{podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [mysql]}]}, policyTypes: [Ingress]}',
    'allowed',
  ],
] as const) {
  test(`a policy with ${what}: ${verdict}`, () => assert.is(talk(policy('one', spec)), verdict));
}

test('policies add up: what one of them lets through is through', () => {
  const deny = policy('deny', '{podSelector: {}, policyTypes: [Ingress, Egress]}');
  const out = policy('out', '{podSelector: {matchLabels: {app: api}}, policyTypes: [Egress], egress: [{}]}');
  const into = policy(
    'in',
    '{podSelector: {matchLabels: {app: mysql}}, ingress: [{from: [{podSelector: {}}]}]}',
  );
  assert.is(talk(deny), 'egress');
  assert.is(talk(deny + out), 'ingress');
  assert.is(talk(deny + out + into), 'allowed');
});

test("where a network plugin's own policies are, Kubernetes' do not decide alone", () => {
  const cilium =
    '\napiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: x, namespace: shop}\n---';
  assert.is(talk(policy('deny', '{podSelector: {}}'), 3306, 'TCP', cilium), 'allowed');
});

test('of a peer outside the target only its namespace name is known', () => {
  const model = modelOf(
    mysql +
      policy(
        'in',
        '{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {role: edge}}, podSelector: {matchLabels: {app: traefik}}}]}]}',
      ),
  );
  const to = model.workloads.find(({ name }) => name === 'mysql');
  assert.ok(to);
  assert.ok(connection(model, { namespace: 'traefik', labels: undefined }, to, 3306).allowed);
  assert.ok(connection(model, { namespace: 'traefik', labels: { app: 'traefik' } }, to, 3306).allowed);
  assert.not.ok(connection(model, { namespace: 'traefik', labels: { app: 'other' } }, to, 3306).allowed);
  assert.not.ok(connection(model, { outside: true }, to, 3306).allowed);
});

test('options come from variables, files and flags', () => {
  const model = modelOf(`
apiVersion: v1
kind: ConfigMap
metadata: {name: config, namespace: shop}
data:
  server.properties: |
    # a comment
    num.partitions = 3
    default.replication.factor=\${env:COPIES:-2}
  flink.yaml: |
    taskmanager: {numberOfTaskSlots: 4}
---${workload(
    'app',
    `
      volumes: [{name: config, configMap: {name: config}}]
      containers:
        - name: app
          args: [--topic=orders, --conf, spark.driver.port=7078, -Dkey=value, plain=no]
          env: [{name: FLINK_PROPERTIES, value: "a.b: 1\\nc.d: 2"}]
          volumeMounts: [{name: config, mountPath: /etc/app}]`,
  )}`);
  const [app] = model.workloads;
  assert.ok(app?.containers[0]);
  const options = new Map(optionsOf(model, app, app.containers[0]).map(({ key, value }) => [key, value]));
  options.delete('FLINK_PROPERTIES');
  assert.equal(Object.fromEntries(options), {
    'a.b': '1',
    'c.d': '2',
    'num.partitions': '3',
    'default.replication.factor': '2',
    'taskmanager.numberOfTaskSlots': '4',
    topic: 'orders',
    'spark.driver.port': '7078',
    key: 'value',
  });
});

const peers = (yaml: string) =>
  peerFlows(modelOf(yaml)).map(({ from, to, port, by }) => `${from.name} -> ${to.name}:${port} ${by}`);

test("Spark's processes talk on the ports that the application pins", () => {
  const spark = (conf: string) => `
apiVersion: v1
kind: ConfigMap
metadata: {name: spark, namespace: shop}
data: {spark.conf: "spark.master spark://spark-master:7077\\n${conf}"}
---${workload('spark-master', '{containers: [{name: m, command: [spark-class, org.apache.spark.deploy.master.Master]}]}')}${workload('spark-worker', '{containers: [{name: w, command: [spark-class, org.apache.spark.deploy.worker.Worker, --port, "7078"]}]}', { spec: 'replicas: 2' })}${workload('driver', '{volumes: [{name: c, configMap: {name: spark}}], containers: [{name: d, command: [spark-submit], volumeMounts: [{name: c, mountPath: /c}]}]}')}`;
  assert.equal(peers(spark('spark.driver.port 7079\\nspark.blockManager.port 7080')), [
    "spark-worker -> spark-master:7077 the master's --port",
    "driver -> spark-master:7077 the master's --port",
    "spark-master -> spark-worker:7078 the worker's --port",
    'spark-master -> driver:7079 spark.driver.port',
    'spark-worker -> driver:7079 spark.driver.port',
    'spark-worker -> driver:7080 spark.driver.blockManager.port',
    'driver -> spark-worker:7080 spark.blockManager.port',
    'spark-worker -> spark-worker:7080 spark.blockManager.port',
  ]);
  assert.ok(peers(spark('')).includes('spark-master -> driver:undefined spark.driver.port'));
});

test("Flink's processes take ports at random where none is set", () => {
  const flink = (name: string, replicas: number, properties: string) =>
    workload(
      name,
      `{containers: [{name: f, args: [${name}], env: [{name: FLINK_PROPERTIES, value: "x: 1\\n${properties}"}]}]}`,
      {
        spec: `replicas: ${replicas}`,
      },
    );
  assert.equal(
    peers(
      flink('jobmanager', 1, 'blob.server.port: 6124') +
        flink('taskmanager', 1, 'taskmanager.rpc.port: 6122-6130'),
    ),
    ['taskmanager -> jobmanager:6123 jobmanager.rpc.port', 'taskmanager -> jobmanager:6124 blob.server.port'],
  );
});

test('a ring of one pod says nothing to itself', () => {
  const ring = (replicas: number) =>
    workload('cassandra', '{containers: [{name: c, image: "cassandra:5", ports: [{containerPort: 7000}]}]}', {
      kind: 'StatefulSet',
      spec: `replicas: ${replicas}`,
    });
  assert.equal(peers(ring(1)), []);
  assert.equal(peers(ring(3)), ["cassandra -> cassandra:7000 Cassandra's ring"]);
});

test.run();
