import { readStream } from '@plumbline/validators';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const told = (text: string) =>
  readStream(text, 'a.yaml').findings.map(({ message, source }) => `${source?.line}: ${message}`);
const names = (text: string) =>
  readStream(text, 'a.yaml').objects.map(
    ({ object, line }) => `${line} ${object.kind}/${object.metadata.name}`,
  );

const configMap = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n`;

test('documents keep the line that they begin at', () => {
  const text = `# a comment\n---\n${configMap('a')}---\n# only a comment\n---\n\n# of b\n${configMap('b')}`;
  assert.equal(names(text), ['3 ConfigMap/a', '12 ConfigMap/b']);
});

test('a byte order mark, carriage returns and an explicit end of a document are no obstacle', () => {
  assert.equal(names(`\uFEFF${configMap('a')}`), ['1 ConfigMap/a']);
  assert.equal(names(configMap('a').replaceAll('\n', '\r\n')), ['1 ConfigMap/a']);
});

test('a List becomes its items', () => {
  const list = JSON.stringify({
    apiVersion: 'v1',
    kind: 'List',
    items: [
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } },
      { apiVersion: 'v1', kind: 'Secret', metadata: {} },
    ],
  });
  assert.equal(names(list), ['1 ConfigMap/a']);
  assert.equal(told(list), ['1: this Secret has no name (item 1 of a List): it could not be applied']);
});

test('a list of one kind need not say of each item what it is', () => {
  const items = [{ metadata: { name: 'a' } }, { kind: 'Secret', apiVersion: 'v1', metadata: { name: 'b' } }];
  assert.equal(names(JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMapList', items })), [
    '1 ConfigMap/a',
    '1 Secret/b',
  ]);
});

test('a Job that the API server is to name is an object', () => {
  assert.equal(names('apiVersion: batch/v1\nkind: Job\nmetadata: { generateName: load- }\n'), [
    '1 Job/load-*',
  ]);
});

for (const [what, text, message] of [
  ['no YAML', `${configMap('a')}---\nb: [\n`, /^[67]: this is not YAML/],
  ['a key that stands twice', 'kind: A\nkind: B\n', /^2: this is not YAML: duplicated mapping key/],
  ['an empty file', '', /^1: it holds no object/],
  ['a comment alone', '# nothing\n', /^1: it holds no object/],
  ['a list', '- a\n', /^1: this is no object/],
  ['a number', '42\n', /^1: this is no object/],
  ['a List without items', 'apiVersion: v1\nkind: List\n', /^1: this List has no items: nothing/],
  [
    'a Helm template',
    'kind: A\nmetadata:\n  name: {{ .Values.a }}\n',
    /^[13]: this looks like a Helm template/,
  ],
  ['a Helm template of blocks', '{{- if .a }}\nkind: A\n{{- end }}\n', /^1: this looks like a Helm template/],
  ['an object without kind', 'apiVersion: v1\nmetadata: { name: a }\n', /^1: this object has no kind/],
  [
    'an object without apiVersion',
    'kind: Service\nmetadata: { name: a }\n',
    /^1: this Service has no apiVersion/,
  ],
  ['an object without name', 'apiVersion: v1\nkind: Service\n', /^1: this Service has no name/],
] as const) {
  test(`${what} is told with its line`, () => {
    const findings = told(text);
    assert.is(findings.length, 1);
    assert.match(findings[0] ?? '', message);
  });
}

test('an alias bomb is refused before it unfolds', () => {
  let bomb = `${configMap('a')}l0: &l0 [x, x, x, x, x, x, x, x, x]\n`;
  for (let level = 1; level < 12; level += 1) {
    bomb += `l${level}: &l${level} [${Array(9)
      .fill(`*l${level - 1}`)
      .join(', ')}]\n`;
  }
  assert.match(told(bomb)[0] ?? '', /aliases unfold to more than 1000000 values/);
  assert.equal(names(bomb), []);
});

test('aliases that people write are read', () => {
  const text = `${configMap('a')}data: { a: &text "1", b: *text }\n`;
  assert.equal(readStream(text, 'a.yaml').objects[0]?.object.data, { a: '1', b: '1' });
});

test.run();
