import { UsageError } from '@plumbline/validators';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readFacts } from '../../facts/index.ts';

const all = ['kind', 'docker-desktop', 'minikube', 'production'];

const read = (...lines: string[]) =>
  readFacts(lines.join('\n'), 'facts/shop.md').map(
    ({ object, name, expected, environment, line }) => `${line} ${object} ${name} ${environment} ${expected}`,
  );

function refusal(...lines: string[]): string {
  try {
    read(...lines);
  } catch (error) {
    assert.instance(error, UsageError);
    return (error as Error).message;
  }
  return assert.unreachable('it was accepted') as never;
}

test('a row is a fact in each environment that its columns name', () => {
  assert.equal(
    read(
      '| object | fact | kind | production |',
      '| --- | :--- | ---: | :---: |',
      '| Deployment/api | replicas | 1 | 2..10 |',
    ),
    ['3 Deployment/api replicas kind 1', '3 Deployment/api replicas production 2..10'],
  );
});

test('laptops are three environments, and everywhere is all', () => {
  const table = (column: string) =>
    read(`| object | fact | ${column} |`, '| --- | --- | --- |', '| A/a | exists | yes |');
  assert.equal(
    table('everywhere'),
    all.map((environment) => `3 A/a exists ${environment} yes`),
  );
  assert.equal(table('laptops').length, 3);
});

test('a cell may be code, and a bar in it is escaped', () => {
  assert.equal(read('| object | fact | kind |', '| --- | --- | --- |', '| `A/a` | `command` | `a \\| b` |'), [
    '3 A/a command kind a | b',
  ]);
});

test('text and tables with another head are for people', () => {
  const table = ['| object | fact | kind |', '| --- | --- | --- |', '| A/a | exists | yes |'];
  assert.is(
    read('# shop', '', '| sink | promise |', '| --- | --- |', '| a | b |', '', ...table, '', 'More.').length,
    1,
  );
  // A table ends with its lines: what follows has a head of its own.
  assert.is(read(...table, '', '| a | b |', '| --- | --- |', '| c | d |').length, 1);
});

test('a head that names no environment, and a row of another length, are refused with their line', () => {
  assert.match(
    refusal('', '| object | fact | staging |'),
    'facts/shop.md:2: "staging" is no environment; use everywhere',
  );
  assert.match(
    refusal('| object | fact | kind |', '| --- | --- | --- |', '| A/a | exists |'),
    'facts/shop.md:3: the row has 2 cells and its head has 3',
  );
});

test.run();
