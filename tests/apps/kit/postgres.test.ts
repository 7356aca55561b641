import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { copyColumn, isAway, isUnavailable, sqlState, storable } from '../../../apps/kit/postgres/index.ts';

const withCode = (code: string) => Object.assign(new Error(code), { code });

test('an error of Node is no SQL state, whatever its code looks like', () => {
  for (const code of ['EPIPE', 'ECONNRESET', 'ENOENT']) assert.is(sqlState(withCode(code)), undefined, code);
  for (const code of ['23505', '57P01', 'XX000']) assert.is(sqlState(withCode(code)), code);
});

test('what may succeed later is told from what never will', () => {
  for (const code of ['EPIPE', '57P03', '53300', '40P01', '55P03', '25P03', '08006']) {
    assert.ok(isUnavailable(withCode(code)), code);
  }
  assert.ok(isUnavailable(new Error('Connection terminated')));
  for (const code of ['42P01', '28P01', '23505', '22P02']) assert.not(isUnavailable(withCode(code)), code);
});

test('a server that answers and refuses its turn is not away', () => {
  for (const code of ['EPIPE', '57P03', '08006', '53300']) assert.ok(isAway(withCode(code)), code);
  for (const code of ['40P01', '55P03', '25P03', '42P01']) assert.not(isAway(withCode(code)), code);
});

test('a mistake of ours is no database that is away, and not tried again', () => {
  for (const Mistake of [TypeError, RangeError, ReferenceError]) {
    const mistake = new Mistake('of undefined');
    assert.not(isUnavailable(mistake), Mistake.name);
    assert.not(isAway(mistake), Mistake.name);
  }
});

test('a text is one column, whatever is in it', () => {
  assert.is(copyColumn('plain, "text"'), 'plain, "text"');
  assert.is(copyColumn('a\tb\\c\nd\re'), 'a\\tb\\\\c\\nd\\re');
});

test('a text that the database cannot hold is made one that it can, in lists too; nothing else is touched', () => {
  const bytes = Buffer.from([0, 1]);
  assert.equal(storable(['a\0b', ['\ud800c', '\u{1f600}'], null, 7]), [
    'a\ufffdb',
    ['\ufffdc', '\u{1f600}'],
    null,
    7,
  ]);
  assert.is(storable(bytes), bytes);
});

test.run();
