import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import {
  build,
  contextOf,
  describeResource,
  type Environment,
  judge,
  type KubernetesObject,
  type Rule,
  readEnvironment,
  readRendered,
  readTree,
  rules,
  type Tree,
} from '@plumbline/validators';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { deliver } from '../../validators/gitops/deliver.ts';

const root = join(import.meta.dirname, '..', '..');
const pages = join(root, 'docs', 'rules');

/** UPDATE=1 writes what is found as what is expected: then read the difference before you commit it. */
const update = process.env.UPDATE === '1';

interface Expected {
  readonly severity: Rule['severity'];
  readonly resource: string;
  readonly path: string;
  readonly message: string;
}

/** The environment beside a rule's fixtures, where the rule needs one. */
async function environmentOf(folder: string): Promise<Environment | undefined> {
  const path = join(folder, 'environment.yaml');
  return existsSync(path) ? readEnvironment(root, relative(root, path)) : undefined;
}

/** A fixture's objects: a file is rendered already, a folder is a kustomization. */
async function read(fixture: string): Promise<{ readonly text: string; readonly tree: Tree | undefined }> {
  if (fixture.endsWith('.yaml')) return { text: await readFile(fixture, 'utf8'), tree: undefined };
  const folder = relative(root, fixture);
  const built = await build([process.env.KUSTOMIZE ?? 'kustomize', 'build'], root, folder);
  if (!built.ok) throw new Error(`${folder} does not render: ${built.message}`);
  return { text: built.stream, tree: readTree(root, folder) };
}

/** What a fixture's Applications would apply, as if the fixture were the whole repository. */
function deliveriesOf(fixture: string, objects: readonly KubernetesObject[]) {
  const projects = objects.filter(({ kind }) => kind === 'AppProject');
  return deliver(fixture, objects, projects, async (folder) => {
    const built = await build([process.env.KUSTOMIZE ?? 'kustomize', 'build'], fixture, folder);
    if (!built.ok) return { failure: built.message };
    return { objects: readRendered(built.stream, new Map()).map(({ object }) => object) };
  });
}

/** What one rule finds in one fixture. */
async function find(rule: Rule, file: string, environment: Environment | undefined): Promise<Expected[]> {
  const { text, tree } = await read(file);
  const objects = readRendered(text, new Map());
  const plain = objects.map(({ object }) => object);
  const context = contextOf('fixture', undefined, environment, plain, tree);
  const deliveries = tree && (await deliveriesOf(file, plain));
  const { findings, notChecked } = judge({ ...context, deliveries }, [rule]);
  assert.equal(
    notChecked,
    [],
    `${rule.id} needs an environment.yaml beside its fixtures, or folders as fixtures`,
  );
  return findings.map(({ severity, resource, path = '', message, source }) => ({
    severity,
    resource:
      resource === undefined
        ? // Of a kustomization, its file.
          tree && source
          ? relative(file, join(root, source.file))
          : ''
        : describeResource(resource),
    path,
    message,
  }));
}

async function fixtures(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.name.endsWith('.yaml') || entry.isDirectory())
    .map(({ name }) => join(folder, name));
}

for (const rule of rules) {
  const test = suite(rule.id);
  const folder = join(import.meta.dirname, rule.id);

  test('has a page that says what breaks, with an example, and how to mend it', async () => {
    const page = await readFile(join(pages, `${rule.id}.md`), 'utf8').catch(() => '');
    assert.match(page, `# ${rule.id}`);
    for (const section of ['What breaks', 'Example', 'How to mend it']) assert.match(page, `## ${section}`);
    assert.match(page, rule.severity);
  });

  test('finds nothing in what is right', async () => {
    const files = await fixtures(join(folder, 'pass'));
    assert.ok(files.length > 0, `tests/rules/${rule.id}/pass has no fixture`);
    const environment = await environmentOf(folder);
    for (const file of files) assert.equal(await find(rule, file, environment), [], file);
  });

  test('finds exactly what is wrong', async () => {
    const files = await fixtures(join(folder, 'fail'));
    assert.ok(files.length > 0, `tests/rules/${rule.id}/fail has no fixture`);
    const environment = await environmentOf(folder);
    for (const file of files) {
      const found = await find(rule, file, environment);
      const expectedFile = `${file.replace(/\.yaml$/, '')}.expected.json`;
      if (update) await writeFile(expectedFile, `${JSON.stringify(found, undefined, 2)}\n`);
      const expected = JSON.parse(await readFile(expectedFile, 'utf8')) as Expected[];
      assert.ok(expected.length > 0, `${file} expects nothing`);
      assert.equal(found, expected, file);
    }
  });

  test.run();
}

const whole = suite('the folder of rules');

whole('has no fixtures and no page of a rule that is not there', async () => {
  const ids = rules.map(({ id }) => id);
  const folders = (await readdir(import.meta.dirname, { withFileTypes: true })).filter((entry) =>
    entry.isDirectory(),
  );
  for (const { name } of folders) assert.ok(ids.includes(name), `tests/rules/${name} is of no rule`);
  for (const page of await readdir(pages)) {
    if (page !== 'README.md')
      assert.ok(ids.includes(page.replace(/\.md$/, '')), `docs/rules/${page} is of no rule`);
  }
});

whole('has ids that are unique and in order', () => {
  const ids = rules.map(({ id }) => id);
  assert.equal(ids, [...new Set(ids)].sort());
});

whole.run();
