import { readdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '@plumbline/validators';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { type Folder, folderWith } from '../harness/folder.ts';
import { jobsOf, shellLines } from './workflows.ts';

const root = join(import.meta.dirname, '..', '..');
const pullRequest = await readFile(join(root, '.github/workflows/pull-request.yaml'), 'utf8');
const pipeline = parse(await readFile(join(root, '.gitlab-ci.yml'), 'utf8')) as Record<string, object>;

/** The shell lines of a job of the workflow that have this text. */
function linesOf(job: string, text: string): string {
  const steps = jobsOf(pullRequest).find(([name]) => name === job)?.[1].steps ?? [];
  const line = steps.map(({ run: lines }) => lines ?? '').find((lines) => lines.includes(text));
  if (line === undefined) throw new Error(`the job ${job} has no lines with ${text}`);
  return line;
}

/** A folder that has all that this repository has, and keeps what a job writes for itself. */
async function checkout(): Promise<Folder> {
  const folder = await folderWith();
  for (const name of await readdir(root)) await symlink(join(root, name), join(folder.path, name));
  return folder;
}

/** Runs lines as a runner's bash does. */
async function bash(folder: Folder, lines: string, env: Readonly<Record<string, string>> = {}) {
  const { status, stdout, stderr } = await run(
    'bash',
    ['--noprofile', '--norc', '-eo', 'pipefail', '-c', lines],
    {
      cwd: folder.path,
      env: { GITHUB_STEP_SUMMARY: join(folder.path, 'summary.md'), ...env },
      deadline: 10 * 60_000,
    },
  );
  return { status, stdout: stdout.toString('utf8'), stderr };
}

test("GitHub's check: SARIF in a file, a table in the summary, and the check's own status", async () => {
  await using folder = await checkout();
  const { status, stderr } = await bash(folder, linesOf('check', 'sarif'));
  assert.is(status, 0, stderr);
  const { runs } = JSON.parse(await folder.read('check.sarif')) as { runs: { results: unknown[] }[] };
  assert.equal(runs[0]?.results, []);
  assert.match(await folder.read('summary.md'), /## Check\n\*\*0 errors, 0 warnings\*\* in \d+ targets/);
});

test("GitLab's check: Code Quality and JUnit in files", async () => {
  await using folder = await checkout();
  const [lines = ''] = shellLines(JSON.stringify({ check: pipeline.check }));
  const { status, stderr } = await bash(folder, lines);
  assert.is(status, 0, stderr);
  assert.equal(JSON.parse(await folder.read('check.codequality.json')), []);
  assert.match(await folder.read('check.junit.xml'), /^<\?xml .*\n<testsuites /);
  JSON.parse(await folder.read('check.sarif'));
});

test('a check that finds something, and one that cannot run, end the job as they ended', async () => {
  for (const [ended, status] of [
    [0, 0],
    [1, 1],
    [2, 2],
  ] as const) {
    await using folder = await folderWith({ 'bin/npm': `#!/bin/sh\necho "$@"\nexit ${ended}\n` });
    await run('chmod', ['+x', join(folder.path, 'bin/npm')], { deadline: 10_000 });
    const env = { PATH: `${folder.path}/bin:${process.env.PATH}`, BASE: 'main' };
    const [gitlab = ''] = shellLines(JSON.stringify({ check: pipeline.check }));
    for (const lines of [linesOf('check', 'sarif'), linesOf('diff', 'markdown'), gitlab])
      assert.is((await bash(folder, lines, env)).status, status, lines);
    assert.match(await folder.read('check.sarif'), 'run --silent check -- --format sarif');
    assert.match(await folder.read('difference.md'), 'run --silent diff -- main --format markdown');
    assert.match(await folder.read('summary.md'), '## Difference\nrun --silent diff');
  }
});

test("GitHub's difference: Markdown in a file and in the summary", async () => {
  await using folder = await checkout();
  const { status, stderr } = await bash(folder, linesOf('diff', 'markdown'), { BASE: 'HEAD' });
  assert.ok(status === 0 || status === 1, stderr);
  const difference = await folder.read('difference.md');
  assert.match(difference, /^\*\*HEAD \([0-9a-f]{12}\) → the working tree\*\*: \d+ of \d+ targets change/);
  assert.is(await folder.read('summary.md'), `## Difference\n${difference}`);
});

test('what npm installs is listed as CycloneDX', async () => {
  await using folder = await checkout();
  const { status, stderr } = await bash(folder, linesOf('packages', 'npm sbom'));
  assert.is(status, 0, stderr);
  const { bomFormat, components } = JSON.parse(await folder.read('packages.cyclonedx.json')) as {
    bomFormat: string;
    components: { name: string; version: string }[];
  };
  assert.is(bomFormat, 'CycloneDX');
  assert.ok(components.length > 100, `${components.length} parts`);
  const { dependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  assert.is(components.find(({ name }) => name === 'zx')?.version, dependencies.zx);
});

test('the one status to require is well where all jobs are, and only then', async () => {
  await using folder = await folderWith();
  const lines = linesOf('done', 'RESULTS');
  for (const [results, status] of [
    ['success success', 0],
    ['success failure', 1],
    ['cancelled success', 1],
    ['success skipped', 1],
  ] as const)
    assert.is((await bash(folder, lines, { RESULTS: results })).status, status, results);
  const [, done] = jobsOf(pullRequest).find(([name]) => name === 'done') ?? [];
  const all = jobsOf(pullRequest).map(([name]) => name);
  // These two are left out for forks, and only bring on what others found.
  const needed = all.filter((name) => !['done', 'code-scanning', 'comment'].includes(name));
  assert.equal([...(done?.needs ?? [])].sort(), needed.sort());
});

test('main hands on what it pinned, and nothing where all is pinned', async () => {
  await using folder = await folderWith({
    'bin/npm':
      '#!/bin/sh\necho "$@" >asked\n[ -z "$TAG" ] || echo "newTag: $TAG" >overlays/production/a.yaml\n',
    'overlays/production/a.yaml': 'newTag: 1\n',
  });
  await run('chmod', ['+x', join(folder.path, 'bin/npm')], { deadline: 10_000 });
  const git = ['init --quiet', 'add overlays', '-c user.name=a -c user.email=a@invalid commit --quiet -m a'];
  for (const words of git) await run('git', words.split(' '), { cwd: folder.path, deadline: 10_000 });
  const text = await readFile(join(root, '.github/workflows/main.yaml'), 'utf8');
  const [, images] = jobsOf(text).find(([name]) => name === 'images') ?? [];
  const lines = images?.steps?.map((step) => step.run ?? '').find((line) => line.includes('--push')) ?? '';
  for (const [tag, pushed] of [
    ['', 'false'],
    ['2', 'true'],
  ] as const) {
    const output = join(folder.path, `output-${pushed}`);
    const { status, stderr } = await bash(folder, `rm -rf pins\n${lines}`, {
      PATH: `${folder.path}/bin:${process.env.PATH}`,
      TAG: tag,
      IMAGE: 'shop',
      GITHUB_REPOSITORY: 'Team/Shop',
      GITHUB_OUTPUT: output,
    });
    assert.is(status, 0, stderr);
    assert.is(
      (await folder.read('asked')).trim(),
      'run images -- shop --engine docker --push ghcr.io/team/shop --cache ghcr.io/team/shop/layers',
    );
    assert.is(await readFile(output, 'utf8'), `pushed=${pushed}\n`);
    assert.is((await folder.read('pins/shop.patch')).includes('+newTag: 2'), pushed === 'true');
  }
});

test.run();
