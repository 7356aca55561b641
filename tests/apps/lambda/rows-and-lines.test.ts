import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Chunk } from '../../../apps/kit/kafka/index.ts';
import { createCsvReader } from '../../../apps/lambda/batch/csv.ts';
import { pieces } from '../../../apps/lambda/consumer/pieces.ts';
import { eventRow } from '../../../apps/lambda/transaction/event.ts';
import { generate, seeded } from '../../../apps/lambda/transaction/generate.ts';
import { type Fields, toRow } from '../../../apps/lambda/transaction/row.ts';

/** What a reader gives, however the bytes are cut. */
function readAll(text: string, size: number) {
  const reader = createCsvReader();
  const bytes = Buffer.from(text);
  const records = [];
  for (let at = 0; at < bytes.length; at += size) records.push(...reader.push(bytes.subarray(at, at + size)));
  return [...records, ...reader.end()];
}

const csv = '\ufeffa,b\r\n"x, y","1 ""q"" 2"\r\n"two\nlines",ü\n\nlast,"end"';

test('a file reads the same wherever its bytes are cut', () => {
  const whole = readAll(csv, 10_000);
  assert.equal(
    whole.map(({ line, fields }) => [line, ...fields]),
    [
      [1, 'a', 'b'],
      [2, 'x, y', '1 "q" 2'],
      [3, 'two\nlines', 'ü'],
      [6, 'last', 'end'],
    ],
  );
  for (let size = 1; size < 20; size += 1) assert.equal(readAll(csv, size), whole, `${size} bytes at a time`);
});

test('wrong quotes spoil their line alone, wherever the bytes are cut', () => {
  const wrong = 'a,b\n"x"y,1\np"q,2\nok,3\n"open,4\nlast,5\n';
  for (const size of [1, 2, 3, 5, 1000]) {
    const records = readAll(wrong, size);
    assert.equal(
      records.map(({ line, malformed, fields }) => [line, malformed ?? fields.join('|')]),
      [
        [1, 'a|b'],
        [2, 'there is text behind a closing quote'],
        [3, 'there is a quote inside a field without quotes'],
        [4, 'ok|3'],
        [5, 'a quote is never closed'],
        [6, 'last|5'],
      ],
      `${size} bytes at a time`,
    );
  }
});

test('a line without an end is cut off, and the next one is read', () => {
  const long = `a\n${'x'.repeat(300_000)}\nb\n"${'y'.repeat(300_000)}\nc\n`;
  for (const size of [1000, 65_536, 1_000_000]) {
    const records = readAll(long, size);
    const said = records.map(({ line, malformed, fields }) => [
      line,
      malformed === undefined ? fields[0] : '-',
    ]);
    assert.equal(
      said.filter(([, field]) => field !== '-'),
      [
        [1, 'a'],
        [3, 'b'],
        [5, 'c'],
      ],
      `${size}`,
    );
  }
});

const fields: Fields = ['e', 'a', 'm', 'c', '1.00', 'EUR', '2026-01-03T17:06:23Z'];
const withField = (index: number, value: string) =>
  toRow(fields.map((field, at) => (at === index ? value : field)) as unknown as Fields, 'batch');

test('values at the edge of what is right', () => {
  for (const value of ['0', '-12.5', '999999999999.99']) assert.ok(withField(4, value).ok, value);
  for (const value of ['', '1e3', '1,00', '.5', '1.', 'NaN', '1000000000000'])
    assert.not(withField(4, value).ok, value);
  for (const value of ['2024-02-29T00:00:00Z', '2026-12-31 23:59:59.123456+02:00'])
    assert.ok(withField(6, value).ok, value);
  for (const value of [
    '2026-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01',
    '2026-01-01T00:00:00',
  ])
    assert.not(withField(6, value).ok, value);
  assert.not(withField(0, 'x'.repeat(201)).ok);
  assert.not(withField(2, 'a\tb').ok);
});

test('bytes that are no UTF-8 are no transaction', () => {
  const row = eventRow(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]));
  assert.not(row.ok);
});

test('the same seed makes the same transactions, and each is right', () => {
  const [one, other] = [seeded(5), seeded(5)];
  for (let index = 0; index < 500; index += 1) {
    const event = generate(one, `e-${index}`, new Date(0));
    assert.equal(generate(other, `e-${index}`, new Date(0)), event);
    assert.ok(eventRow(Buffer.from(JSON.stringify(event))).ok);
  }
});

test('pieces of a chunk follow each other without a gap, and end where it ends', () => {
  const offsets = [10, 11, 14, 15, 19];
  const records = offsets.map((offset) => ({ offset, key: null, value: null, headers: [] }));
  const chunk: Chunk = { partition: 0, topicId: 'id', from: 9n, next: 25n, end: 30n, records };
  const cut = pieces(chunk, 2);
  assert.equal(
    cut.map(({ from, next, records: some }) => [from, next, some.length]),
    [
      [9n, 14n, 2],
      [14n, 19n, 2],
      [19n, 25n, 1],
    ],
  );
  assert.equal(pieces(chunk, 5), [chunk]);
});

test.run();
