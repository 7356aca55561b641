import { cp, mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type CheckOptions,
  codeVersion,
  type Environment,
  openStore,
  type Rule,
  run,
} from '@plumbline/validators';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { judgementKey } from '../../validators/judgement.ts';
import { type Folder, folderWith } from '../harness/folder.ts';
import { cacheOf, checked, lines, repository } from './repository.ts';

const here = join(import.meta.dirname, '..', '..');

/** A rule that counts the targets that it is asked about. */
function counting(): { readonly rule: Rule; readonly asked: () => number } {
  let count = 0;
  const rule: Rule = {
    id: 'counting',
    severity: 'warning',
    family: 'references',
    title: 'it counts',
    check: ({ model }) => {
      count += 1;
      return model.objects
        .filter(({ kind }) => kind === 'Deployment')
        .map((object) => ({ object, path: 'spec.replicas', message: 'it is here' }));
    },
  };
  return { rule, asked: () => count };
}

/** How many of the six targets are judged in a second run, after a change between both. */
async function judgedAgain(
  change: (folder: Folder) => Promise<unknown>,
  second: Partial<CheckOptions> = {},
): Promise<number> {
  await using folder = await repository();
  const { rule, asked } = counting();
  const options = { extraRules: [rule], extraVersion: '1' };
  const first = await checked(folder, options);
  assert.is(asked(), 6);
  await change(folder);
  const again = await checked(folder, { ...options, ...second });
  if (asked() === 6) assert.equal(lines(again), lines(first));
  return asked() - 6;
}

test('when nothing changed no rule is asked, and the findings with their lines are the same', async () => {
  assert.is(await judgedAgain(async () => {}), 0);
});

const note = (file: string) => (folder: Folder) =>
  folder.read(file).then((text) => folder.write(file, `${text}# a note\n`));

test('a changed manifest is judged again in the targets that have it', async () => {
  assert.is(await judgedAgain(note('base/shop/deployment.yaml')), 4);
});

test('a changed environment is judged again in its targets', async () => {
  assert.is(
    await judgedAgain((folder) => folder.edit('overlays/kind/environment.yaml', 'cpu: "2"', 'cpu: "3"')),
    3,
  );
});

test('a note in an environment changes nothing that is judged by', async () => {
  assert.is(await judgedAgain(note('overlays/kind/environment.yaml')), 0);
});

test('another version of the extra rules, or none, is judged again everywhere', async () => {
  assert.is(await judgedAgain(async () => {}, { extraVersion: '2' }), 6);
  await using folder = await repository();
  const { rule, asked } = counting();
  await checked(folder, { extraRules: [rule], extraVersion: undefined });
  await checked(folder, { extraRules: [rule], extraVersion: undefined });
  assert.is(asked(), 12);
});

test('a judgement by another schema is not taken', async () => {
  const otherSchema = async (folder: Folder) => {
    const entries = join(cacheOf(folder), 'rendered');
    const store = openStore(entries);
    for (const entry of await readdir(entries)) {
      const value = (await store.get(entry))?.toString() ?? '';
      await store.put(entry, value.replace(/("core\/service_v1\.json":")[0-9a-f]/, '$1-'));
    }
  };
  assert.is(await judgedAgain(otherSchema), 6);
});

test("a judgement's name holds the schemas, the environment, the target and the version", () => {
  const target = { name: 'kind/shop', environment: 'kind', system: 'shop', folder: 'overlays/kind/shop' };
  const environment = { name: 'kind' } as Environment;
  const key = (...[inputs, judged, rendered, version]: Parameters<typeof judgementKey>) =>
    judgementKey(inputs, judged, rendered, version);
  const schemas = { 'core/service_v1.json': 'a' };
  const keys = [
    key('1', { target, environment }, { schemas }, 'v'),
    key('2', { target, environment }, { schemas }, 'v'),
    key('1', { target: { ...target, folder: 'other' }, environment }, { schemas }, 'v'),
    key('1', { target, environment: { ...environment, secrets: 'external' } }, { schemas }, 'v'),
    key('1', { target, environment }, { schemas: { 'core/service_v1.json': 'b' } }, 'v'),
    key('1', { target, environment }, { schemas }, 'w'),
  ];
  assert.is(new Set(keys).size, keys.length);
});

test('the version of code changes with a file, a name and a folder, and not with vendored schemas', async () => {
  await using folder = await folderWith({
    'rules/a.ts': 'export const a = 1;\n',
    'schemas/apps/deployment_v1.json': '{}',
    'schemas/index.ts': '',
  });
  const version = () => codeVersion([folder.path]);
  const seen = new Set([version()]);
  await folder.write('schemas/apps/deployment_v1.json', '{"type":"object"}');
  assert.is(seen.size, seen.add(version()).size, 'a schema');
  for (const [file, text] of [
    ['rules/a.ts', 'export const a = 2;\n'],
    ['rules/b.ts', 'export const a = 2;\n'],
    ['facts/shop.md', '| a |\n'],
    ['schemas/index.ts', '// changed\n'],
  ] as const) {
    await folder.write(file, text);
    assert.is.not(seen.size, seen.add(version()).size, file);
  }
});

/** A copy of this repository's own code, to change a rule in; its packages are those of the original. */
async function ownCode(): Promise<Folder> {
  const folder = await folderWith();
  for (const part of ['validators', 'scripts', 'facts', 'tools', 'package.json']) {
    await cp(join(here, part), join(folder.path, part), { recursive: true });
  }
  const packages = join(folder.path, 'node_modules');
  await mkdir(join(packages, '@plumbline'), { recursive: true });
  await symlink(join(folder.path, 'validators'), join(packages, '@plumbline', 'validators'));
  for (const name of await readdir(join(here, 'node_modules'))) {
    if (name !== '@plumbline') await symlink(join(here, 'node_modules', name), join(packages, name));
  }
  return folder;
}

test("a changed rule's code is what judges in the next run of the command", async () => {
  await using code = await ownCode();
  await using folder = await repository();
  await folder.edit('base/shop/service.yaml', 'app.kubernetes.io/name: api', 'app.kubernetes.io/name: apo');
  const told = async () => {
    const command = ['--disable-warning=ExperimentalWarning', join(code.path, 'scripts', 'check.ts')];
    const args = [...command, '--root', folder.path, '--cache', cacheOf(folder), '--format', 'json'];
    // The pinned commands are on PATH here, as the runner found them.
    const path = [process.env.KUSTOMIZE, process.env.KUBECONFORM].map((tool) => join(tool ?? '', '..'));
    const env = { PATH: `${path.join(':')}:${process.env.PATH}` };
    const { stdout, stderr } = await run(process.execPath, args, { env, deadline: 120_000 });
    const report = JSON.parse(stdout.toString()) as {
      targets: { findings: { rule: string; message: string }[] }[];
    };
    const found = report.targets.flatMap(({ findings }) => findings);
    return { messages: found.map(({ rule, message }) => `${rule}: ${message}`), stderr };
  };
  const first = await told();
  assert.ok(first.messages.some((text) => text.startsWith('service-without-pods: ')));
  const again = await told();
  assert.equal(again.messages, first.messages);
  assert.is(again.stderr, '', 'nothing was rendered again');
  const file = 'validators/rules/service-without-pods.ts';
  const text = await readFile(join(code.path, file), 'utf8');
  await code.write(file, text.replace("id: 'service-without-pods'", "id: 'service-without-any-pods'"));
  const changed = await told();
  assert.is(changed.stderr, '', 'nothing was rendered again');
  assert.equal(
    changed.messages.filter((message) => message.startsWith('service-without')),
    first.messages
      .filter((message) => message.startsWith('service-without'))
      .map((message) => message.replace('service-without-pods', 'service-without-any-pods')),
  );
});

test.run();
