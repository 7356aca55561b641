// biome-ignore-all lint/suspicious/noTemplateCurlyInString: settings hold placeholders of their own.
import * as assert from 'uvu/assert';
import { type Address, addressesInValue } from '../../../validators/graph/addresses.ts';
import {
  addressesInCommandLine,
  addressesInScript,
} from '../../../validators/graph/addresses-in-commands.ts';
import { addressesInFile } from '../../../validators/graph/addresses-in-files.ts';
import { expand } from '../../../validators/graph/container-environment.ts';
import { isHostName, isIpAddress } from '../../../validators/graph/host-names.ts';
import { suite } from '../../harness/suite.ts';

const test = suite('addresses');

const shown = (addresses: readonly { host: string; port: number | undefined }[]) =>
  addresses.map(({ host, port }) => (port === undefined ? host : `${host}:${port}`));
const sure = (addresses: readonly Address[]) =>
  shown(addresses.filter(({ certainty }) => certainty === 'told'));

const values: readonly (readonly [string, readonly string[]])[] = [
  ['http://api:8080/v1?x=y#z', ['api:8080']],
  ['http://api', ['api:80']],
  ['HTTPS://Api.Shop.svc.cluster.local', ['api.shop.svc.cluster.local:443']],
  ['jdbc:postgresql://postgres:5432/shop?sslmode=disable', ['postgres:5432']],
  [
    'jdbc:mysql:loadbalance://mysql-0.mysql:3306,mysql-1.mysql:3306/shop',
    ['mysql-0.mysql:3306', 'mysql-1.mysql:3306'],
  ],
  ['user:p@ss(w)@tcp(mysql:3306)/shop?parseTime=true', ['mysql:3306']],
  ['user@tcp(mysql.shop)/shop', ['mysql.shop:3306']],
  ['user:pw@unix(/run/mysqld/mysqld.sock)/shop', []],
  ['host=postgres port=5433 user=x dbname=shop', ['postgres:5433']],
  ["dbname=shop host='postgres' user=x", ['postgres:5432']],
  ['host=pg-0.pg,pg-1.pg port=5432,5433 user=x', ['pg-0.pg:5432', 'pg-1.pg:5433']],
  ['host=/run/postgresql dbname=shop', []],
  ['host=$(HOST) port=5432 user=x', []],
  ['level=info host=api', []],
  ['jdbc:sqlserver://mssql:1433;databaseName=shop', ['mssql:1433']],
  ['jdbc:oracle:thin:@oracle:1521:XE', ['oracle:1521']],
  ['postgres://app:$(PASSWORD)@postgres:5432/shop', ['postgres:5432']],
  ['postgres://app:${PASSWORD}@postgres/shop', ['postgres:5432']],
  ['redis://:p%40ss%2Fword@redis:6379/0', ['redis:6379']],
  ['redis://:p@ss@redis:6379/0', ['redis:6379']],
  [
    'mongodb://u:p@mongo-0.mongo:27017,mongo-1.mongo:27017/db',
    ['mongo-0.mongo:27017', 'mongo-1.mongo:27017'],
  ],
  ['kafka-0.kafka:9092,kafka-1.kafka:9092', ['kafka-0.kafka:9092', 'kafka-1.kafka:9092']],
  ['a:2181,b:2181/kafka', ['a:2181', 'b:2181']],
  ['0@kafka-0.kafka:9093,1@kafka-1.kafka:9093', ['kafka-0.kafka:9093', 'kafka-1.kafka:9093']],
  ['zookeeper-0.zookeeper:2888:3888;2181', ['zookeeper-0.zookeeper:2888', 'zookeeper-0.zookeeper:3888']],
  [
    'zookeeper-0.zookeeper:2888:3888:participant;0.0.0.0:2181',
    ['zookeeper-0.zookeeper:2888', 'zookeeper-0.zookeeper:3888'],
  ],
  ['http://es-0:9200,http://es-1:9200', ['es-0:9200', 'es-1:9200']],
  ['INTERNAL://kafka:9092,EXTERNAL://kafka-external:9094', ['kafka:9092', 'kafka-external:9094']],
  ['dns:///grpc-server:50051', ['grpc-server:50051']],
  ['http://backend$request_uri', ['backend:80']],
  ['see (http://docs-server:80) for more', ['docs-server:80']],
  // None of these is an address.
  ['http://$(HOST):8080', []],
  ['http://api-${COLOUR}.shop:8080', []],
  ['http://{{ .Values.host }}:8080', []],
  ['http://<host>:8080', []],
  ['http://[fd00::1]:8080', []],
  ['http://10.0.0.1:8080', []],
  ['s3://bucket/path', []],
  ['unix:///run/docker.sock', []],
  ['kubernetes://apis/apps/v1/namespaces/a/deployments/b', []],
  ['file:///opt/flink/usrlib/job.jar', []],
  ['tcp:3306', []],
  ['00:1a:2b:3c:4d:5e', []],
  ['aa:bb:cc:dd:ee:ff', []],
  ['12:30', []],
  ['12:30:15', []],
  ['2026-01-01T12:30:15Z', []],
  ['*/5 * * * *', []],
  ['postgres:17', []],
  ['node:24-alpine', []],
  ['nginx:1.27.3', []],
  ['registry.example.com/shop/api:1.2.3', []],
  ['org.apache.kafka:kafka-clients:3.9.0', []],
  ['com.datastax.spark:spark-cassandra-connector_2.12:3.5.1', []],
  ['v1.2.3', []],
  ['1.2.3.4:80', []],
  ['rate(http_requests_total{job="api"}[5m]) > 0.5', []],
  ['up{instance="db:9100"} == 0', []],
  ['sha256:0123456789', []],
  ['fe80::1', []],
];

for (const [value, expected] of values) {
  test(`value ${value}`, () => assert.equal(sure(addressesInValue(value)), [...expected]));
}

const scripts: readonly (readonly [string, string, readonly string[]])[] = [
  ['nc', 'until nc -z -w 2 mysql 3306; do sleep 1; done', ['mysql:3306']],
  ['a redirection', 'nc -zv mysql 3306 >/dev/null 2>&1', ['mysql:3306']],
  ['a variable of its own', 'HOST=mysql\nnc -z "$HOST" 3306', ['mysql:3306']],
  [
    'a loop over hosts',
    'for host in kafka zookeeper; do nc -z ${host} 9092; done',
    ['kafka:9092', 'zookeeper:9092'],
  ],
  ['/dev/tcp', "timeout 1 bash -c '</dev/tcp/mysql/3306'", ['mysql:3306']],
  ['a pipe', 'echo ruok | nc zookeeper 2181', ['zookeeper:2181']],
  ['a continued line', 'curl -fsS \\\n  http://api:8080/x', ['api:8080']],
  ['a substitution', 'x=$(curl -s http://api:8080/x); echo "$x"', ['api:8080']],
  ['a substitution in quotes', 'test "$(curl -s http://api:8080/x)" = ok', ['api:8080']],
  ['a shell in a shell', 'timeout 60 sh -c "until nc -z redis 6379; do sleep 1; done"', ['redis:6379']],
  ['psql', 'pg_isready -h postgres -p 5433 -U app', ['postgres:5433']],
  ['psql without a port', 'psql -h postgres -c "select 1"', ['postgres:5432']],
  ["mysql's password is no port", 'mysql -hmysql -p3307 -e "select 1"', ['mysql:3306']],
  ['redis-cli', 'redis-cli -h redis ping', ['redis:6379']],
  [
    'cqlsh',
    "cqlsh -u cassandra -p cassandra cassandra 9042 -e 'SELECT key FROM system.local'",
    ['cassandra:9042'],
  ],
  ['cqlsh without a port', 'cqlsh cassandra -f /schema.cql', ['cassandra:9042']],
  ['a Kafka tool', 'kafka-topics.sh --bootstrap-server kafka:9092 --create', ['kafka:9092']],
  ['wait-for-it', './wait-for-it.sh postgres:5432 -t 60', ['postgres:5432']],
  ['curl without a scheme', 'curl -s api:8080/livez', ['api:8080']],
  [
    'a name that is looked up',
    'until nslookup mysql.shop.svc.cluster.local; do sleep 2; done',
    ['mysql.shop.svc.cluster.local'],
  ],
  ['Python', 'python -c "import socket; socket.create_connection((\'kafka\', 9092))"', ['kafka:9092']],
  [
    'a here-document',
    'cat > /tmp/x.conf <<EOF\nurl = http://api:8080\n# http://other:80\nEOF\nnc -z redis 6379',
    ['api:8080', 'redis:6379'],
  ],
  ['a password in a URL', 'psql "postgres://app:$(cat /run/password)@postgres:5432/shop"', ['postgres:5432']],
  // None of these connects.
  ['a comment', '# curl http://api:8080', []],
  ['a comment after a command', 'sleep 1 # then http://api:8080', []],
  ['words for people', 'echo "waiting for http://api:8080"', []],
  ['an owner', 'chown redis:1000 /data', []],
  ['a size for people', 'df -h data && du -h logs', []],
  ['a query', "cqlsh -e 'SELECT key FROM system.local'", []],
  ['a file', 'curl -o index.html localhost', []],
  ['a quote for one', "echo it's done\nsleep 1", []],
  ['an image', 'docker run --image=redis:7 x', []],
];

for (const [what, script, expected] of scripts) {
  test(`script: ${what}`, () => assert.equal(sure(addressesInScript(script)), [...expected]));
}

test('a word of a command that could be an address is likely, not told', () => {
  assert.equal(
    addressesInScript('run redis:6379').map(({ certainty }) => certainty),
    ['likely'],
  );
});

test('flags of listeners and links are no destinations', () => {
  const line = [
    '--listen-address=api:8080',
    '--web.external-url=https://shop.example.com',
    '--image',
    'redis:6379',
    '--upstream=http://api:8080',
  ];
  assert.equal(shown(addressesInCommandLine(line)), ['api:8080']);
});

const files: readonly (readonly [string, string, readonly string[]])[] = [
  [
    'application.properties',
    'spring.datasource.url=jdbc:postgresql://postgres:5432/shop\n# x=http://no:80',
    ['postgres:5432'],
  ],
  [
    'server.properties',
    'zookeeper.connect=zk-0.zk:2181,\\\n  zk-1.zk:2181\nlisteners=PLAINTEXT://:9092',
    ['zk-0.zk:2181', 'zk-1.zk:2181'],
  ],
  ['application.yaml', 'db:\n  host: postgres\n  port: 5432\nimage: redis:6379', ['postgres:5432']],
  ['two.yaml', 'url: http://a:80\n---\nurl: http://b:80', ['a:80', 'b:80']],
  [
    'config.json',
    '{"redis": {"host": "redis", "port": "6379"}, "$schema": "http://json-schema.org/x"}',
    ['redis:6379'],
  ],
  ['envoy.yaml', 'address:\n  socket_address: {address: api, port_value: 8080}', ['api:8080']],
  [
    'nginx.conf',
    'upstream backend {\n  server api:8080 weight=5;\n}\nserver {\n  server_name shop.example.com;\n  location / { proxy_pass http://backend; }\n  location /two {\n    proxy_pass http://two:81/;\n  }\n}',
    ['api:8080', 'two:81'],
  ],
  ['default.conf', 'set $up http://api:8080;\nproxy_pass $up;', ['api:8080']],
  ['haproxy.cfg', 'backend mysql\n  server one mysql-0.mysql:3306 check', ['mysql-0.mysql:3306']],
  ['redis.conf', 'bind 0.0.0.0\nreplicaof redis-0.redis 6379', ['redis-0.redis:6379']],
  ['sentinel.conf', 'sentinel monitor mymaster redis-0.redis 6379 2', ['redis-0.redis:6379']],
  ['zoo.cfg', 'server.1=zk-0.zk:2888:3888;2181\nclientPort=2181', ['zk-0.zk:2888', 'zk-0.zk:3888']],
  [
    'core-site.xml',
    '<?xml version="1.0"?>\n<configuration xmlns="http://no:80"><property><name>fs.defaultFS</name><value>hdfs://namenode:8020</value></property></configuration>',
    ['namenode:8020'],
  ],
  ['spark-defaults.conf', 'spark.master                spark://spark-master:7077', ['spark-master:7077']],
  [
    'prometheus.yml',
    'scrape_configs:\n  - static_configs:\n      - targets: ["api:9090", "web:9090"]',
    ['api:9090', 'web:9090'],
  ],
  ['wait.sh', 'nc -z mysql 3306', ['mysql:3306']],
  // None of these is told to anybody.
  ['my.cnf', '[mysqld]\ncharacter-set-server = utf8mb4\nbind-address = 0.0.0.0', []],
  [
    'alerts.yaml',
    'groups:\n  - rules:\n      - alert: X\n        annotations: {runbook: "http://runbooks:80/x"}',
    [],
  ],
  ['dashboard.json', '{"panels": [], "links": [{"url": "http://grafana:3000"}]}', []],
  ['job.py', 'URL = "http://api:8080"', []],
  ['schema.sql', "insert into x values ('http://api:8080')", []],
  ['tls.key', '-----BEGIN PRIVATE KEY-----\nabc:8080\n', []],
  [
    'listeners.properties',
    'listeners=PLAINTEXT://kafka:9092\nadvertised.listeners=PLAINTEXT://kafka:9092',
    [],
  ],
];

for (const [name, text, expected] of files) {
  test(`file ${name}: ${JSON.stringify(text).slice(0, 50)}`, () =>
    assert.equal(sure(addressesInFile(name, text)), [...expected]));
}

test('variables are filled in, with their defaults where there are none', () => {
  const environment = new Map([
    ['HOST', { value: 'mysql' }],
    ['SECRET', { value: undefined }],
  ]);
  const filled = (text: string) => expand(text, environment);
  assert.is(filled('$HOST $(HOST) ${HOST} ${HOST:-other}'), 'mysql mysql mysql mysql');
  assert.is(filled('${PORT:-3306} ${PORT:3306} ${env:PORT:-1}'), '3306 3306 1');
  assert.is(filled('${SECRET} $(SECRET) ${NONE} $NONE $(date)'), '${SECRET} $(SECRET) ${NONE} $NONE $(date)');
  assert.is(filled('$request_uri'), '$request_uri');
});

test('host names and IP addresses are told apart', () => {
  for (const name of ['mysql', 'mysql-0.mysql.shop.svc.cluster.local', 'a.b.'])
    assert.ok(isHostName(name), name);
  for (const name of ['', '-a', 'a-', 'A', '10.0.0.1', '1', 'a_b', 'a..b', 'true', `${'a'.repeat(254)}`])
    assert.not.ok(isHostName(name), name);
  for (const address of ['10.0.0.1', '::1', '[::1]', 'fd00::1', '::ffff:10.0.0.1'])
    assert.ok(isIpAddress(address), address);
  for (const name of ['mysql', 'cafe:80', 'a.b.c.d']) assert.not.ok(isIpAddress(name), name);
});

test('a client is told by words of libpq what it is told by flags', () => {
  const words = ['psql', 'host=postgres dbname=shop', '-c', 'select 1'];
  assert.equal(shown(addressesInCommandLine(words)), ['postgres:5432']);
  assert.equal(shown(addressesInCommandLine(['receive', '--conninfo=host=primary port=5433 user=x'])), [
    'primary:5433',
  ]);
});

test('a file of passwords names hosts, of which none is surely connected to', () => {
  const text = '# production\npostgres:5432:*:shop:a\\:b\n*:*:*:x:y\nstandby:*:shop:x:{{ .password }}\n';
  assert.equal(shown(addressesInFile('.pgpass', text)), ['postgres:5432', 'standby']);
  assert.equal(sure(addressesInFile('pgpass', text)), []);
});

test.run();
