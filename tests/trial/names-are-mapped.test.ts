import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { expand } from '../../trial/overlay/container.ts';
import { mapAddresses, mapEnv, mapPaths } from '../../trial/overlay/mapping.ts';

const addresses = new Map([
  ['kafka-service:9092', '127.0.0.1:1001'],
  ['lambda-postgres:5432', '127.0.0.1:1002'],
  ['zookeeper:2181', '127.0.0.1:1003'],
]);

test('a name with its port leads to this machine, in every form of the name', () => {
  assert.is(mapAddresses('kafka-service:9092', addresses), '127.0.0.1:1001');
  assert.is(mapAddresses('kafka-service.dev:9092,x:1', addresses), '127.0.0.1:1001,x:1');
  assert.is(
    mapAddresses('PLAINTEXT://kafka-service.dev.svc.cluster.local:9092/x', addresses),
    'PLAINTEXT://127.0.0.1:1001/x',
  );
  assert.is(
    mapAddresses('zookeeper.connect=zookeeper:2181/kafka', addresses),
    'zookeeper.connect=127.0.0.1:1003/kafka',
  );
});

test('another port, a longer name and a time stay as they are', () => {
  for (const text of ['kafka-service:9093', 'my-kafka-service:9092', 'kafka-service:90921', 'at 10:30:00']) {
    assert.is(mapAddresses(text, addresses), text);
  }
});

test('a host and a port in two variables are mapped together', () => {
  const env = new Map([
    ['DB_HOST', 'lambda-postgres'],
    ['DB_PORT', '5432'],
    ['OTHER_HOST', 'elsewhere'],
    ['OTHER_PORT', '5432'],
    ['KAFKA_BROKERS', 'kafka-service:9092'],
  ]);
  assert.equal(Object.fromEntries(mapEnv(env, addresses)), {
    DB_HOST: '127.0.0.1',
    DB_PORT: '1002',
    OTHER_HOST: 'elsewhere',
    OTHER_PORT: '5432',
    KAFKA_BROKERS: '127.0.0.1:1001',
  });
});

test('paths are mapped whole, the longer first, and once', () => {
  const paths = new Map([
    ['/tmp', '/tmp/trial/tmp'],
    ['/etc/broker', '/tmp/trial/broker'],
    ['/etc/broker/log4j.properties', '/elsewhere/log4j.properties'],
  ]);
  assert.is(
    mapPaths('--file=/etc/broker/server.properties', paths),
    '--file=/tmp/trial/broker/server.properties',
  );
  assert.is(mapPaths('file:/etc/broker/log4j.properties', paths), 'file:/elsewhere/log4j.properties');
  assert.is(
    mapPaths('> /tmp/password; /tmpfs /var/tmp', paths),
    '> /tmp/trial/tmp/password; /tmpfs /var/tmp',
  );
  assert.is(mapPaths('file:///tmp/x https:///tmp/x', paths), 'file:///tmp/trial/tmp/x https:///tmp/x');
  // Behind a variable it is the rest of a path.
  assert.is(mapPaths('<"$SOURCE%/*}/tmp"', paths), '<"$SOURCE%/*}/tmp"');
});

test('variables stand where a command names them', () => {
  const env = new Map([['HEAP', '384m']]);
  assert.is(expand('-Xms$(HEAP) $(OTHER) $HEAP', env), '-Xms384m $(OTHER) $HEAP');
});

test.run();
