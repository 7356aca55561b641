import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { generate, seeded } from '../../../apps/lambda/transaction/generate.ts';
import { assertExactlyOnce, difference } from './exactly-once.ts';

const random = seeded(7);
const sent = Array.from({ length: 20 }, (_, index) =>
  generate(random, `event-${index}`, new Date(index * 1000)),
);

test('what was sent and what is stored are the same', () => {
  assertExactlyOnce(sent, sent.toReversed());
});

test('a number and a time may be written in another way', () => {
  const stored = sent.map((event) => ({ ...event, occurred_at: event.occurred_at.replace('Z', '+00:00') }));
  assertExactlyOnce(sent, stored);
});

test('an event that is missing is found', () => {
  assert.equal(difference(sent, sent.slice(1)).missing, ['event-0']);
  assert.throws(() => assertExactlyOnce(sent, sent.slice(1)), /1 missing: event-0/);
});

test('an event that nobody sent is found', () => {
  assert.equal(difference(sent.slice(1), sent).extra, ['event-0']);
  assert.throws(() => assertExactlyOnce(sent.slice(1), sent), /1 extra/);
});

test('an event that is there twice is found', () => {
  const stored = [...sent, ...sent.slice(3, 5)];
  assert.equal(difference(sent, stored).twice, ['event-3', 'event-4']);
  assert.throws(() => assertExactlyOnce(sent, stored), /2 twice/);
});

test('an event that is not as it was sent is found', () => {
  const stored = sent.map((event, index) => (index === 2 ? { ...event, amount: '0.01' } : event));
  assert.equal(difference(sent, stored).changed, ['event-2']);
  assert.throws(() => assertExactlyOnce(sent, stored), /1 changed/);
});

test.run();
