import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { formatBytes, formatCores, parseQuantity } from '../../../validators/room/quantity.ts';

const readings: readonly (readonly [string | number, number])[] = [
  ['0', 0],
  [2, 2],
  [0.5, 0.5],
  ['250m', 0.25],
  ['100u', 1e-4],
  ['5n', 5e-9],
  ['1.5', 1.5],
  ['.5', 0.5],
  ['2.', 2],
  ['1k', 1000],
  ['1M', 1e6],
  ['1G', 1e9],
  ['1T', 1e12],
  ['1P', 1e15],
  ['1E', 1e18],
  ['1Ki', 1024],
  ['512Mi', 512 * 2 ** 20],
  ['1.5Gi', 1.5 * 2 ** 30],
  ['1Ti', 2 ** 40],
  ['1Pi', 2 ** 50],
  ['1Ei', 2 ** 60],
  ['1e3', 1000],
  ['1E3', 1000],
  ['2e-3', 0.002],
  ['-1', -1],
  ['+1', 1],
];

for (const [text, value] of readings) {
  test(`${JSON.stringify(text)} is ${value}`, () => {
    assert.ok(Math.abs(parseQuantity(text) - value) <= Math.abs(value) * 1e-12, String(parseQuantity(text)));
  });
}

for (const text of ['', '10GB', '1 Gi', '512mi', 'one', '1Kib', '1e3Mi', '--1', '1.2.3', 'Gi', '1K']) {
  test(`"${text}" is no quantity`, () => {
    assert.throws(() => parseQuantity(text), `"${text}" is not a quantity`);
  });
}

test('cores are written with two decimals at most', () => {
  assert.equal([0.05, 1.25, 2, 0.1 + 0.2, 0].map(formatCores), ['0.05', '1.25', '2', '0.3', '0']);
});

test('bytes are written in the largest unit that they fill', () => {
  assert.equal([0, 1023, 2 ** 10, 512 * 2 ** 20, 2.34 * 2 ** 30, 2 ** 40].map(formatBytes), [
    '0',
    '1023',
    '1Ki',
    '512Mi',
    '2.3Gi',
    '1Ti',
  ]);
});

test.run();
