import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readSchemaIndex, SCHEMA_FOLDER, schemaFile } from '../../../validators/schemas/index.ts';

const { kinds, sources } = await readSchemaIndex();
const read = (file: string): Promise<string> => readFile(join(SCHEMA_FOLDER, file), 'utf8');

test('the index lists the files that are there, each once, with a pinned source', async () => {
  const files = await Array.fromAsync(glob('*/*.json', { cwd: SCHEMA_FOLDER }));
  assert.equal(kinds.map(schemaFile).toSorted(), files.toSorted());
  assert.equal(
    kinds.filter(({ source }) => sources[source] === undefined),
    [],
  );
});

test('the kinds that a platform is made of are there', () => {
  const names = new Set(
    kinds.map(({ group, version, kind, scope }) => [group, version, kind, scope].join(' ')),
  );
  const wanted = [
    ' v1 Namespace Cluster',
    ' v1 Service Namespaced',
    'apps v1 StatefulSet Namespaced',
    'rbac.authorization.k8s.io v1 ClusterRole Cluster',
    'monitoring.coreos.com v1 PrometheusRule Namespaced',
    'external-secrets.io v1 ClusterSecretStore Cluster',
    'argoproj.io v1alpha1 ApplicationSet Namespaced',
  ];
  assert.equal(
    wanted.filter((name) => !names.has(name)),
    [],
  );
});

test('kinds that nobody applies are left out', () => {
  const unwanted = /List$|Review$|Options$|^(Status|Binding|Eviction|Scale|TokenRequest|ComponentStatus)$/;
  assert.equal(
    kinds.map(({ kind }) => kind).filter((kind) => unwanted.test(kind)),
    [],
  );
});

test('a schema refers to nothing but its own definitions, and uses each of them', async () => {
  for (const kind of kinds) {
    const file = schemaFile(kind);
    const text = await read(file);
    const schema: { readonly definitions?: object } = JSON.parse(text);
    const references = new Set(text.matchAll(/\{"\$ref":"([^"]*)"\}/g).map(([, target]) => target));
    const definitions = Object.keys(schema.definitions ?? {}).map((name) => `#/definitions/${name}`);
    assert.equal([...references].toSorted(), definitions.toSorted(), file);
  }
});

test('no schema has an identifier of its own: kubeconform would go to the network for it', async () => {
  for (const kind of kinds) {
    const schema: object = JSON.parse(await read(schemaFile(kind)));
    assert.equal(
      Object.keys(schema).filter((key) => key === 'id' || key.startsWith('$')),
      [],
      schemaFile(kind),
    );
  }
});

test.run();
