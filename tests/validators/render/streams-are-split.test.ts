import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  isKubernetesObject,
  nameOf,
  type RenderedObject,
  readRendered,
  splitDocuments,
} from '../../../validators/render/objects.ts';

const configMap = (name: string, more = '') =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n${more}`;

test('documents are split at their marks, and empty ones dropped', () => {
  assert.equal(splitDocuments('---\na: 1\n---\n\n--- # a note\nb: 2\n---\n'), ['a: 1\n', 'b: 2\n']);
  assert.equal(splitDocuments(''), []);
});

test('dashes inside a text are no mark', () => {
  const text = 'a: |\n  ---\n  b\nc: ---d\n';
  assert.equal(splitDocuments(text), [text]);
});

test('an object has apiVersion, kind and a name', () => {
  assert.ok(isKubernetesObject({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' } }));
  for (const other of [
    null,
    'text',
    [],
    {},
    { apiVersion: 'v1', kind: 'Service' },
    { apiVersion: 'v1', kind: 'Service', metadata: null },
    { apiVersion: 'v1', kind: 'Service', metadata: { generateName: 'a-' } },
    { apiVersion: 1, kind: 'Service', metadata: { name: 'a' } },
  ]) {
    assert.not.ok(isKubernetesObject(other), JSON.stringify(other));
  }
});

test('a rendered stream is read object by object, each with its own text and digest', () => {
  const rendered = readRendered(`${configMap('a')}---\n${configMap('b')}`, new Map());
  assert.equal(
    rendered.map(({ object }) => nameOf(object)),
    [
      { apiVersion: 'v1', kind: 'ConfigMap', name: 'a' },
      { apiVersion: 'v1', kind: 'ConfigMap', name: 'b' },
    ],
  );
  assert.is(rendered[0]?.text, configMap('a'));
  assert.is.not(rendered[0]?.digest, rendered[1]?.digest);
});

test('a text that was met before is not read again', () => {
  const known = new Map<string, RenderedObject>();
  const [first] = readRendered(configMap('a'), known);
  const [again, other] = readRendered(`${configMap('a')}---\n${configMap('b')}`, known);
  assert.is(again, first);
  assert.is.not(other, first);
  assert.is(known.size, 2);
});

test('a document that is no object is refused with its text', () => {
  assert.throws(() => readRendered('just: text\n', new Map()), /not a Kubernetes object:\njust: text/);
});

test('a namespace is part of the name, where there is one', () => {
  const [rendered] = readRendered(configMap('a', '  namespace: shop\n'), new Map());
  assert.ok(rendered);
  assert.is(nameOf(rendered.object).namespace, 'shop');
});

test.run();
