import { access, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readEnvironment } from '@plumbline/validators';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const root = join(import.meta.dirname, '..', '..', '..');
const page = await readFile(join(root, 'docs/environments.md'), 'utf8');

test('docs/environments.md has a row for each field of the schema, and says which are required', async () => {
  const schema = JSON.parse(
    await readFile(join(root, 'validators/environment/environment.schema.json'), 'utf8'),
  ) as { properties: { spec: { properties: object; required: readonly string[] } } };
  const { properties, required } = schema.properties.spec;
  const rows = [...page.matchAll(/^\| `(\w+)`\s*\| (yes|no)\s/gm)].map((match) => [match[1], match[2]]);
  assert.equal(
    rows,
    Object.keys(properties).map((name) => [name, required.includes(name) ? 'yes' : 'no']),
  );
});

test('the rules that it names are there', async () => {
  const [, table = ''] = page.split('## The rules');
  const named = [...table.matchAll(/^\| `([\w-]+)`/gm)].map((match) => match[1] ?? '');
  assert.ok(named.length > 0);
  for (const rule of named) await access(join(root, `validators/rules/${rule}.ts`));
});

test('its example is an environment', async () => {
  const example = /```yaml\n(.*?)```/s.exec(page)?.[1] ?? '';
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-environment-'));
  try {
    await mkdir(join(folder, 'staging'));
    await writeFile(join(folder, 'staging/environment.yaml'), example);
    assert.is((await readEnvironment(folder, 'staging/environment.yaml')).name, 'staging');
  } finally {
    await rm(folder, { recursive: true });
  }
});

test.run();
