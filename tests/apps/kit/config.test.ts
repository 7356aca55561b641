import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  ConfigError,
  choice,
  httpUrl,
  list,
  listenAddress,
  number,
  readConfig,
  type Setting,
  secret,
  text,
} from '../../../apps/kit/index.ts';
import { kafkaSettings } from '../../../apps/kit/kafka/index.ts';

const settings = {
  ...kafkaSettings,
  rate: number('RATE', 'transactions a second', { least: 0.5, most: 10, whole: false }),
  rows: number('ROWS', 'rows in a batch', { least: 1, most: 10, fallback: 5 }),
  password: secret('PASSWORD', 'the password'),
  level: choice('LEVEL', ['info', 'warn'], 'info'),
  name: text('NAME', 'a name', 'nobody'),
  parts: list('PARTS', 'letters between commas', (part) => /^[a-z]$/.test(part), ['x']),
};
const right = { KAFKA_BROKERS: 'a:1, b:2', KAFKA_TOPIC: 't', RATE: '2.5', PASSWORD: 'secret' };

test('values come as what they are, and what is not set has its default', () => {
  assert.equal(readConfig({ ...right, ROWS: '7' }, settings), {
    brokers: ['a:1', 'b:2'],
    topic: 't',
    rate: 2.5,
    rows: 7,
    password: 'secret',
    level: 'info',
    name: 'nobody',
    parts: ['x'],
  });
});

test('every mistake is told at once, with name, value and what it takes; a secret is not repeated', () => {
  const wrong = {
    KAFKA_BROKERS: 'kafka',
    RATE: '11',
    ROWS: '1.5',
    PASSWORD: '',
    LEVEL: 'loud',
    PARTS: 'a,bb',
  };
  try {
    readConfig(wrong, { ...settings, pin: { ...secret('PIN', 'four digits'), parse: () => undefined } });
    assert.unreachable();
  } catch (error) {
    assert.instance(error, ConfigError);
    assert.equal((error as ConfigError).mistakes, [
      'KAFKA_BROKERS is "kafka": it takes host:port, or several between commas; a port is 1 to 65535',
      'KAFKA_TOPIC is not set: it takes the name of the topic: 1 to 249 letters, digits, dots, underscores and hyphens',
      'RATE is "11": it takes transactions a second: a number from 0.5 to 10',
      'ROWS is "1.5": it takes rows in a batch: a whole number from 1 to 10',
      'PASSWORD is not set: it takes the password',
      'LEVEL is "loud": it takes one of info, warn',
      'PARTS is "a,bb": it takes letters between commas',
      'PIN is not set: it takes four digits',
    ]);
  }
  const pin = { pin: { ...secret('PIN', 'four digits'), parse: () => undefined } };
  assert.throws(
    () => readConfig({ PIN: '12x4' }, pin),
    (error: Error) => !error.message.includes('12x4'),
  );
});

const accepts = (setting: Setting<unknown>, value: string) => setting.parse(value) !== undefined;

test('what only the client or the server would refuse later is told at the start', () => {
  const { brokers, topic } = kafkaSettings;
  for (const value of ['kafka:9092', '10.0.0.1:1,[::1]:65535']) assert.ok(accepts(brokers, value), value);
  for (const value of ['kafka:0', 'kafka:70000', 'a:1,', 'kafka', 'http://kafka:9092'])
    assert.not(accepts(brokers, value), value);
  for (const value of ['transactions', 'a.b_c-D', 'x'.repeat(249)]) assert.ok(accepts(topic, value), value);
  for (const value of ['my topic', 'a/b', '.', '..', 'ä', 'x'.repeat(250)])
    assert.not(accepts(topic, value), value);
  const address = listenAddress('ADDRESS', ':1');
  for (const value of [':9090', '127.0.0.1:0', '[::1]:80', 'localhost:65535'])
    assert.ok(accepts(address, value), value);
  for (const value of ['9090', 'localhost', ':70000', ':http', 'a b:1', ':'])
    assert.not(accepts(address, value), value);
  const url = httpUrl('URL', 'a collector');
  for (const value of ['http://otel:4318', 'https://otel.example/v1/']) assert.ok(accepts(url, value), value);
  for (const value of ['otel:4318', 'ftp://otel', 'http://', 'http://a b'])
    assert.not(accepts(url, value), value);
  const rows = number('ROWS', 'rows', { least: 1, most: 5000 });
  assert.ok(accepts(rows, '5000'));
  for (const value of ['0x10', '1e3', ' 5 ', '5_000', '1.', 'NaN']) assert.not(accepts(rows, value), value);
});

test.run();
