import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { table } from '../../../validators/reports/table.ts';

test('text starts at the same place, numbers end at the same place, and no line ends with blanks', () => {
  const rows = [
    ['', 'pods', 'state'],
    ['all', '12', 'valid'],
    ['preempt', '5', ''],
  ];
  assert.equal(table(rows, [1]), ['         pods  state', 'all        12  valid', 'preempt     5']);
});

test('rows may be of different lengths', () => {
  assert.equal(table([['a', 'b'], ['long'], []]), ['a     b', 'long', '']);
});

test('no rows are no lines', () => {
  assert.equal(table([]), []);
});

test.run();
