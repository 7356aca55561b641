import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '@plumbline/validators';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { buildableImages } from '../../deploy/index.ts';
import { actionlint } from '../../trial/downloads/actionlint.ts';
import { ciSchemas } from '../../trial/downloads/ci-schemas.ts';
import { folderWith } from '../harness/folder.ts';
import { jobsOf, mistakes, npmScripts, shellLines, unpinned } from './workflows.ts';

const root = join(import.meta.dirname, '..', '..');
const say = (message: string) => void process.stderr.write(`${message}\n`);
const texts = async (pattern: string) =>
  Promise.all(
    (await Array.fromAsync(glob(pattern, { cwd: root })))
      .sort()
      .map(async (path) => ({ path, text: await readFile(join(root, path), 'utf8') })),
  );
const workflows = await texts('.github/workflows/*.yaml');
const actions = await texts('{action.yml,.github/actions/*/action.yml}');
const gitlab = await texts('.gitlab-ci.yml');
const schemas = await ciSchemas(say);
const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

async function schema(name: string): Promise<ValidateFunction> {
  const ajv = new Ajv({ strict: false, allErrors: true });
  (addFormats as unknown as (ajv: Ajv) => void)(ajv);
  return ajv.compile(JSON.parse(await readFile(join(schemas, name), 'utf8')));
}

test('there are the workflows, the actions and the pipeline', () => {
  assert.equal(
    [...workflows, ...actions, ...gitlab].map(({ path }) => path),
    [
      '.github/workflows/main.yaml',
      '.github/workflows/pull-request.yaml',
      '.github/actions/prepare/action.yml',
      'action.yml',
      '.gitlab-ci.yml',
    ],
  );
});

for (const [name, files] of [
  ['github-workflows.json', workflows],
  ['github-actions.json', actions],
  ['gitlab-ci.json', gitlab],
  ['renovate.json', await texts('renovate.json')],
] as const) {
  test(`${files.map(({ path }) => path).join(', ')} fit ${name}`, async () => {
    const validate = await schema(name);
    assert.ok(files.length > 0);
    for (const { path, text } of files) {
      assert.ok(validate(parse(text)), `${path}: ${JSON.stringify(validate.errors?.slice(0, 5))}`);
    }
    const key = name === 'gitlab-ci.json' ? { check: { script: 7 } } : { jobs: 7, runs: 7, extends: 7 };
    assert.not.ok(validate(key), 'the schema says no to something');
  });
}

test('actionlint finds nothing in the workflows, and finds what is wrong in another', async () => {
  const linter = await actionlint(say);
  const lint = (cwd: string) =>
    run(linter, ['-no-color', '-shellcheck=', '-pyflakes='], { cwd, deadline: 60_000 });
  const ours = await lint(root);
  assert.is(ours.status, 0, ours.stdout.toString('utf8'));
  const wrong = `on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    needs: b\n    steps:\n      - run: echo $\{{ github.nothing }}\n`;
  await using folder = await folderWith({ '.github/workflows/a.yaml': wrong });
  await run('git', ['init', '--quiet'], { cwd: folder.path, deadline: 10_000 });
  const found = (await lint(folder.path)).stdout.toString('utf8');
  assert.match(found, 'needs job "b"');
  assert.match(found, 'property "nothing" is not defined');
});

test('bash reads every shell line, of workflows, actions and the pipeline', async () => {
  const lines = [...workflows, ...actions, ...gitlab].flatMap(({ path, text }) =>
    shellLines(text).map((line) => ({ path, line })),
  );
  assert.ok(lines.length > 40, `${lines.length}`);
  for (const { path, line } of lines) {
    const { status, stderr } = await run('bash', ['-n'], { stdin: line, deadline: 10_000 });
    assert.is(status, 0, `${path}: ${line}: ${stderr}`);
  }
  const [broken = ''] = shellLines('a:\n  script:\n    - if true; then\n');
  assert.is.not((await run('bash', ['-n'], { stdin: broken, deadline: 10_000 })).status, 0);
});

test('every foreign action is pinned by its commit, with the version beside it', () => {
  for (const file of [...workflows, ...actions]) assert.equal(unpinned(file), []);
  const uses = [...workflows, ...actions].flatMap(({ text }) => [
    ...text.matchAll(/uses: ([^@\s]+)@(\S+) # (\S+)/g),
  ]);
  const versions = Map.groupBy(uses, ([, name = '']) => name);
  assert.ok(versions.size >= 8);
  for (const [name, all] of versions)
    assert.is(new Set(all.map(([, , commit, version]) => `${commit} ${version}`)).size, 1, `${name} is one`);
});

test('workflows grant nothing but to single jobs, and each job has a deadline', () => {
  for (const file of workflows) assert.equal(mistakes(file), []);
});

test('a job that may write runs nothing that a pull request brings', () => {
  for (const { path, text } of workflows) {
    for (const [name, job] of jobsOf(text)) {
      const writes = Object.entries(job.permissions ?? {}).filter(([, right]) => right === 'write');
      if (writes.length === 0 || path.endsWith('main.yaml')) continue;
      const lines = (job.steps ?? []).flatMap(({ run: line }) => line ?? []).join('\n');
      assert.not.match(lines, /\bnpm\b/, `${path} ${name}`);
      assert.match(job.if ?? '', 'github.event.pull_request.head.repo.full_name == github.repository');
      if (lines === '') continue;
      const [checkout] = (job.steps ?? []).filter(({ uses }) => uses?.startsWith('actions/checkout@'));
      assert.is(checkout?.with?.ref, `$\{{ github.event.pull_request.base.sha }}`, `${path} ${name}`);
    }
  }
});

test('only the job that pins keeps its credentials, and it starts no package', () => {
  for (const { path, text } of workflows) {
    for (const [name, job] of jobsOf(text)) {
      for (const step of job.steps ?? []) {
        if (!step.uses?.startsWith('actions/checkout@')) continue;
        assert.is(step.with?.['persist-credentials'], name === 'pin', `${path} ${name}`);
      }
      if (job.permissions?.contents === 'write') {
        assert.is(name, 'pin');
        assert.not.match(JSON.stringify(job.steps), /npm|prepare/);
      }
    }
  }
});

test('every npm run is a script of package.json', () => {
  for (const { path, text } of [...workflows, ...actions, ...gitlab]) {
    for (const name of npmScripts(text)) assert.ok(name in scripts, `${path}: npm run ${name}`);
  }
  assert.equal(
    [...npmScripts('npm run --silent check -- x\nnpm test -- y\nnpm run lint\n')],
    ['check', 'lint', 'test'],
  );
});

/** The lists of a matrix by name, of a workflow and of GitLab's pipeline. */
function matrices(key: string, job: string): string[][] {
  const github = workflows.flatMap(({ text }) =>
    jobsOf(text).flatMap(([name, { strategy }]) =>
      name === job ? [(strategy?.matrix?.[key] ?? []) as string[]] : [],
    ),
  );
  const pipeline = parse(gitlab[0]?.text ?? '') as Record<
    string,
    { parallel?: { matrix?: Record<string, string[]>[] } } | undefined
  >;
  const theirs = (pipeline[job] ?? pipeline[`.${job}`])?.parallel?.matrix ?? [];
  return [...github, ...theirs.flatMap((one) => one[key.toUpperCase()] ?? [])] as string[][];
}

test('the tests that pipelines divide among jobs are all that npm test runs, each once', async () => {
  const files = (await Array.fromAsync(glob('tests/**/*.test.ts', { cwd: root }))).filter(
    (file) => !file.startsWith('tests/cluster/') && !file.includes('/fixtures/'),
  );
  const github = matrices('files', 'test')[0] ?? [];
  const theirs = (
    parse(gitlab[0]?.text ?? '') as { test: { parallel: { matrix: { FILES: string[] }[] } } }
  ).test.parallel.matrix.flatMap(({ FILES }) => FILES);
  assert.equal(theirs, github);
  const words = github.flatMap((one) => one.split(' '));
  for (const file of files) {
    const by = words.filter((word) => file.includes(word));
    assert.is(by.length, 1, `${file} is run by ${by.length} jobs`);
  }
});

test('pipelines build every image that can be built, and push all but that of npm run debug', async () => {
  const { images } = await buildableImages(root, []);
  const names = images.map(({ name }) => name).sort();
  const ours = names.filter((name) => name !== 'plumbline-debug');
  const lists = (text: string) =>
    [...text.matchAll(/^ +(?:image|- IMAGE):\n((?: +- [\w-]+\n)+)/gm)].map(([, list = '']) =>
      [...list.matchAll(/- (\S+)/g)].map(([, name = '']) => name),
    );
  const found = Object.fromEntries([...workflows, ...gitlab].map(({ path, text }) => [path, lists(text)]));
  assert.equal(found, {
    '.github/workflows/main.yaml': [ours],
    '.github/workflows/pull-request.yaml': [names],
    '.gitlab-ci.yml': [ours],
  });
});

test('every system whose images can all be built is brought up on kind', async () => {
  const { images, missing } = await buildableImages(root, []);
  const systems = [...new Set(images.map(({ system }) => system))]
    .filter((system) => system !== 'debug' && !missing.some((line) => line.trim().startsWith(`${system}-`)))
    .sort();
  for (const { path, text } of [...workflows, ...gitlab]) {
    if (path.endsWith('main.yaml')) continue;
    const list = /(?:system:\n((?: +- \S+\n)+)|- SYSTEM: \[(.*)\])/.exec(text);
    const found = [...(list?.[1] ?? list?.[2] ?? '').matchAll(/[a-z][a-z-]*/g)].map(([name]) => name);
    assert.equal(found.sort(), systems, path);
  }
});

test("kind's own node is the one that its pinned version is made for", async () => {
  const kind = await readFile(join(root, 'overlays/kind/cluster.yaml'), 'utf8');
  const pin = await readFile(join(root, 'tools/pipelines/kind/go.mod'), 'utf8');
  assert.match(pin, 'sigs.k8s.io/kind v0.31.0 ');
  // Source: sigs.k8s.io/kind@v0.31.0, pkg/apis/config/defaults/image.go.
  assert.match(
    kind,
    'kindest/node:v1.35.0@sha256:452d707d4862f52530247495d180205e029056831160e22870e37e3f6c1ac31f',
  );
});

const file = (text: string) => ({ path: 'a.yaml', text });

test('what the rules above are for is found', () => {
  const commit = 'a'.repeat(40);
  assert.equal(unpinned(file(`- uses: a/b@${commit} # v1.2.3\n- uses: ./here\n`)), []);
  assert.is(unpinned(file('- uses: a/b@v1 # v1.2.3\n')).length, 1);
  assert.is(unpinned(file(`- uses: a/b@${commit}\n`)).length, 1);
  assert.is(unpinned(file(`- uses: a/b@${commit.slice(1)} # v1.2.3\n`)).length, 1);
  const job = (more: string) =>
    `  a:\n    runs-on: ubuntu-24.04\n    timeout-minutes: 5\n    permissions: {}\n${more}`;
  const flow = (more: string, top = 'on: push\npermissions: {}\nconcurrency: a\n') =>
    file(`${top}jobs:\n${job(more)}`);
  assert.equal(mistakes(flow('')), []);
  assert.equal(mistakes(flow('', 'on: push\nconcurrency: a\npermissions: read-all\n')), [
    'a.yaml: its permissions are not {}',
  ]);
  assert.equal(mistakes(flow('', 'on: push\npermissions: {}\n')), ['a.yaml: it has no concurrency group']);
  assert.match(
    mistakes(flow('', 'on: pull_request_target\npermissions: {}\nconcurrency: a\n'))[0] ?? '',
    'secrets',
  );
  const without = file(`on: push\npermissions: {}\nconcurrency: a\njobs:\n  a:\n    runs-on: x\n`);
  assert.equal(mistakes(without), ['a.yaml: a has no timeout-minutes', 'a.yaml: a says not what it may']);
  const open = flow(`    steps:\n      - run: echo $\{{ github.event.pull_request.title }}\n`);
  assert.match(mistakes(open)[0] ?? '', 'an expression in its shell lines');
});

test.run();
