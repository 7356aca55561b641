import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseYaml } from '../../../validators/render/yaml.ts';

// What sigs.k8s.io/yaml v1.6.0 makes of the same text.
const readings: readonly (readonly [string, unknown])[] = [
  ['yes', true],
  ['On', true],
  ['y', true],
  ['NO', false],
  ['off', false],
  ['n', false],
  ['True', true],
  ['~', null],
  ['NULL', null],
  ['"yes"', 'yes'],
  ['0755', 493],
  ['-0755', -493],
  ['0o17', 15],
  ['0x1F', 31],
  ['0b101', 5],
  ['1_000', 1000],
  ['+1', 1],
  ['0', 0],
  ['08', 8],
  ['089', 89],
  ['1.5', 1.5],
  ['.5', 0.5],
  ['-.5', -0.5],
  ['1.', 1],
  ['1e3', 1000],
  ['12e03', 12000],
  ['685_230.15', 685230.15],
  ['1e', '1e'],
  ['0.1.0', '0.1.0'],
  ['_1', '_1'],
  ['22:30', '22:30'],
  ['12:30:45', '12:30:45'],
  ['2001-01-01', '2001-01-01'],
  ['2001-01-01T00:00:00Z', '2001-01-01T00:00:00Z'],
  ['v1.35', 'v1.35'],
  ['a: &x 1\nb: *x', { a: 1, b: 1 }],
  ['base: &b {x: 1}\nmore: {<<: *b, z: 2}', { base: { x: 1 }, more: { x: 1, z: 2 } }],
  ['y: 2', { true: 2 }],
];

for (const [text, value] of readings) {
  test(`${JSON.stringify(text)} is ${JSON.stringify(value)}`, () => {
    assert.equal(parseYaml(text), value);
  });
}

test('a key that stands twice is refused, with its line', () => {
  assert.throws(
    () => parseYaml('a: 1\nb: 2\na: 3'),
    (error: Error) => /duplicated mapping key \(3:1\)/.test(error.message),
  );
});

test("a bracket that stands no deeper than its key is read as Go's parsers read it", () => {
  const text =
    'args: [\n  "x", # why\n  0755,\n]\nnothing:\nyes: {\n  a: 2024-01-01\n}\ntext: |\n  one\n   two\nfolded: >-\n  a\n  b\n';
  assert.equal(parseYaml(text), {
    args: ['x', 493],
    nothing: null,
    true: { a: '2024-01-01' },
    text: 'one\n two\n',
    folded: 'a b',
  });
  assert.throws(() => parseYaml('a: [\n  1,\n]\na: 2\n'), /./);
  assert.throws(() => parseYaml('a: [\n  1,\n'), /./);
});

test('a second document is refused', () => {
  assert.throws(() => parseYaml('a: 1\n---\nb: 2'), /single document/);
});

test.run();
