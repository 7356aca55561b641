import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ConfigError, choice, list, number, readConfig, secret, text } from '../../../apps/kit/index.ts';
import { kafkaSettings } from '../../../apps/kit/kafka/index.ts';

const settings = {
  ...kafkaSettings,
  rate: number('RATE', 'transactions a second', { least: 0.5, most: 10, whole: false }),
  rows: number('ROWS', 'rows in a batch', { least: 1, most: 10, fallback: 5 }),
  password: secret('PASSWORD', 'the password'),
  level: choice('LEVEL', ['info', 'warn'], 'info'),
  name: text('NAME', 'a name', 'nobody'),
  parts: list('PARTS', 'letters between commas', /^[a-z]$/, ['x']),
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
      'KAFKA_BROKERS is "kafka": it takes host:port, or several between commas',
      'KAFKA_TOPIC is not set: it takes the name of the topic',
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

test.run();
