import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readSchemaIndex, type SchemaIndexEntry } from '../../../validators/schemas/index.ts';
import { kubeconform } from './kubeconform.ts';

const { kinds } = await readSchemaIndex();

const apiVersionOf = ({ group, version }: SchemaIndexEntry): string =>
  group === '' ? version : `${group}/${version}`;

test('kubeconform finds and compiles the schema of every kind in the index', async () => {
  const objects = kinds.map((entry) =>
    JSON.stringify({ apiVersion: apiVersionOf(entry), kind: entry.kind, metadata: { name: 'a' } }),
  );
  const verdicts = await kubeconform(objects.join('\n---\n'));
  assert.is(verdicts.length, kinds.length);
  // A schema that does not compile is treated as missing, and a missing one is an error, never merely invalid.
  assert.equal(
    verdicts.filter(({ status }) => status !== 'statusValid' && status !== 'statusInvalid'),
    [],
  );
});

test('an object of any kind with a misspelt field at its root is refused for that field', async () => {
  const objects = kinds.map((entry) =>
    JSON.stringify({ apiVersion: apiVersionOf(entry), kind: entry.kind, metadata: { name: 'a' }, sepc: {} }),
  );
  const verdicts = await kubeconform(objects.join('\n---\n'));
  assert.equal(
    verdicts
      .filter(({ msg }) => !msg.includes("'sepc' not allowed"))
      .map(({ kind, version }) => `${version} ${kind}`),
    [],
  );
});

test('an object of any kind with a misspelt field in its metadata is refused for that field', async () => {
  const objects = kinds.map((entry) =>
    JSON.stringify({
      apiVersion: apiVersionOf(entry),
      kind: entry.kind,
      metadata: { name: 'a', lables: {} },
    }),
  );
  const verdicts = await kubeconform(objects.join('\n---\n'));
  assert.equal(
    verdicts
      .filter(({ msg }) => !msg.includes("'lables' not allowed"))
      .map(({ kind, version }) => `${version} ${kind}`),
    [],
  );
});

test.run();
