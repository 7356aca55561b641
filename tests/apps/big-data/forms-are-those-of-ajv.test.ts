import { fullFormats } from 'ajv-formats/dist/formats.js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isTime, isUuid } from '../../../apps/big-data/event/formats.ts';
import { eventSchemas } from '../../../apps/big-data/event/schema.ts';
import { seeded } from '../../../apps/kit/index.ts';

const pattern = new RegExp(eventSchemas.view.properties.occurredAt.pattern);
const { validate: isDateTime } = fullFormats['date-time'] as { validate: (text: string) => boolean };
const uuid = fullFormats.uuid as RegExp;

test('a time is one by both, on every day that two digits can name', () => {
  let [times, none] = [0, 0];
  for (let year = 2000; year <= 2099; year += 1) {
    for (let month = 0; month <= 13; month += 1) {
      for (let day = 0; day <= 32; day += 1) {
        const two = (number: number) => String(number).padStart(2, '0');
        const text = `${year}-${two(month)}-${two(day)}T12:00:00.000Z`;
        assert.is(isTime(text), isDateTime(text), text);
        if (isTime(text)) times += 1;
        else none += 1;
      }
    }
  }
  assert.is(times, 36_525);
  assert.ok(none > 9000);
});

test('a time is one by both, at every hour and minute that two digits can name', () => {
  for (let hour = 0; hour < 100; hour += 1) {
    for (let minute = 0; minute < 100; minute += 1) {
      const text = `2026-03-01T${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}:59Z`;
      assert.ok(pattern.test(text));
      assert.is(isTime(text), isDateTime(text), text);
    }
  }
});

test('a UUID is one by both, whatever is changed in it', () => {
  const next = seeded(7);
  const letters = '0123456789abcdefABCDEFgG-/:@` \u0130{';
  let same = 0;
  for (let round = 0; round < 40_000; round += 1) {
    const parts = [...crypto.randomUUID()];
    const changes = Math.floor(next() * 3);
    for (let change = 0; change < changes; change += 1) {
      const at = Math.floor(next() * 37);
      const letter = letters[Math.floor(next() * letters.length)] ?? '';
      parts.splice(at, next() < 0.8 ? 1 : Math.floor(next() * 2) * 2, letter);
    }
    const text = parts.join('');
    assert.is(isUuid(text), uuid.test(text), text);
    if (isUuid(text)) same += 1;
  }
  assert.ok(same > 10_000 && same < 35_000, String(same));
  assert.not.ok(isUuid(`urn:uuid:${crypto.randomUUID()}`), 'no UUID of Cassandra');
});

test.run();
