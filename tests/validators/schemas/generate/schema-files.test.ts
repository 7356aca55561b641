import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  compareSchemaFiles,
  type SourcedKind,
  schemaFiles,
  writeSchemaFiles,
} from '../../../../validators/schemas/generate/schema-files.ts';

const widget: SourcedKind = {
  group: 'example.com',
  version: 'v1',
  kind: 'Widget',
  scope: 'Cluster',
  schema: { type: 'object' },
  source: { module: 'example.com/widgets', version: 'v1.0.0', folder: '', sum: 'h1:x' },
};

const test = suite<{ folder: string }>('schema files');
test.before.each(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), 'schemas-'));
});
test.after.each(({ folder }) => rm(folder, { recursive: true }));

test('what is written is up to date', async ({ folder }) => {
  const files = schemaFiles([widget]);
  assert.equal(await compareSchemaFiles(folder, files), [
    'example.com/widget_v1.json: missing',
    'index.json: missing',
  ]);
  await writeSchemaFiles(folder, files);
  assert.equal(await compareSchemaFiles(folder, files), []);
});

test('a changed file is told by name', async ({ folder }) => {
  const files = schemaFiles([widget]);
  await writeSchemaFiles(folder, files);
  await writeFile(join(folder, 'example.com/widget_v1.json'), '{}\n');
  assert.equal(await compareSchemaFiles(folder, files), [
    'example.com/widget_v1.json: differs from what its source makes',
  ]);
});

test('a kind that no source has any more is told, and then removed', async ({ folder }) => {
  await writeSchemaFiles(folder, schemaFiles([widget, { ...widget, kind: 'Gadget' }]));
  const files = schemaFiles([widget]);
  assert.match((await compareSchemaFiles(folder, files))[0] ?? '', 'gadget_v1.json: no source makes it');
  await writeSchemaFiles(folder, files);
  assert.equal(await readdir(join(folder, 'example.com')), ['widget_v1.json']);
});

test('two sources of one kind are an error that names the file', () => {
  assert.throws(() => schemaFiles([widget, widget]), 'Two sources make example.com/widget_v1.json');
});

test.run();
