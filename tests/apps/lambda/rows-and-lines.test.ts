import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Chunk } from '../../../apps/kit/kafka/index.ts';
import { createCsvReader } from '../../../apps/lambda/batch/csv.ts';
import { pieces } from '../../../apps/lambda/consumer/pieces.ts';
import { eventRow } from '../../../apps/lambda/transaction/event.ts';
import { generate, seeded } from '../../../apps/lambda/transaction/generate.ts';
import { type Fields, toRow } from '../../../apps/lambda/transaction/row.ts';

/** What a reader gives, however the bytes are cut. */
function readAll(text: string | Buffer, size: number, longest?: number) {
  const reader = createCsvReader(longest);
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

const said = (records: ReturnType<typeof readAll>) =>
  records.map(({ line, malformed, fields }) => [line, malformed ?? fields.join('|')]);

test('a line without an end is cut off, and the next one is read', () => {
  const long = `a\n${'x'.repeat(300_000)}\nb\n"q"${'y'.repeat(300_000)}\nc\n`;
  for (const size of [1000, 65_536, 1_000_000]) {
    assert.equal(
      said(readAll(long, size)),
      [
        [1, 'a'],
        [2, 'it is longer than 65536 characters'],
        [3, 'b'],
        [4, 'it is longer than 65536 characters'],
        [5, 'c'],
      ],
      `${size}`,
    );
  }
});

test('no line inside the quotes of an over-long record is taken for a record', () => {
  const inner = `${'x'.repeat(66_000)}\ninner,1\n""quoted""\n${'y'.repeat(66_000)}\ninner,2\n`;
  const long = `a,1\n2,"${inner}","more\n"\nb,3\n${'z'.repeat(66_000)},"${inner}"\r\nc,4\n`;
  for (const size of [777, 65_536, 1_000_000]) {
    assert.equal(
      said(readAll(long, size)),
      [
        [1, 'a|1'],
        [2, 'it is longer than 65536 characters, up to line 8'],
        [9, 'b|3'],
        [10, 'it is longer than 65536 characters, up to line 15'],
        [16, 'c|4'],
      ],
      `${size}`,
    );
  }
  const open = `a\n"${inner}b\n`;
  assert.equal(said(readAll(open, 5000)), [
    [1, 'a'],
    [2, 'it is longer than 65536 characters, up to line 8: its quote is never closed'],
  ]);
});

test('whatever a file has, it reads the same wherever its bytes are cut', () => {
  const random = seeded(9);
  const pick = <Item>(items: readonly Item[]) => items[Math.floor(random() * items.length)] as Item;
  const texts = ['a', 'é', '😀', ',', '"', '"', '""', '\n', '\r\n', '\r', 'xxxx'];
  const bits = [...texts.map((text) => Buffer.from(text)), Buffer.from([0xe9]), Buffer.from([0xf0, 0x9f])];
  for (let round = 0; round < 3000; round += 1) {
    const parts = Array.from({ length: 40 }, () => pick(bits));
    const bytes = Buffer.concat(parts);
    const longest = pick([12, 20, 1000]);
    const whole = readAll(bytes, 1000, longest);
    assert.equal(readAll(bytes, 1 + Math.floor(random() * 6), longest), whole, bytes.toString('latin1'));
  }
});

test('bytes that are no UTF-8 spoil their record alone, which says so and shows them', () => {
  const latin1 = Buffer.from('id,name\n1,Caf\xe9\n2,Zoo\n', 'latin1');
  const text = Buffer.concat([
    latin1,
    Buffer.from('3,Café 😀\n4,"two\nl'),
    Buffer.from([0xf0, 0x9f]),
    Buffer.from('nes"\n5,\ufffd\n6,'),
    Buffer.from([0xc3]),
  ]);
  for (const size of [1, 2, 7, 1000]) {
    const records = readAll(text, size);
    assert.equal(said(records), [
      [1, 'id|name'],
      [2, 'it has bytes that are no UTF-8'],
      [3, '2|Zoo'],
      [4, '3|Café 😀'],
      [5, 'it has bytes that are no UTF-8'],
      [7, '5|\ufffd'],
      [8, 'it has bytes that are no UTF-8'],
    ]);
    assert.equal(
      records.filter(({ malformed }) => malformed).map(({ text }) => text),
      ['1,Caf\\xE9', '4,"two\nl\\xF0\\x9Fnes"', '6,\\xC3'],
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
  const chunk: Chunk = { partition: 0, topicId: 'id', from: 9n, next: 25n, end: 30n, records, batches: [] };
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
