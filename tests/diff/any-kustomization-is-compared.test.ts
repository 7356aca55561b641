import { join } from 'node:path';
import { run } from '@plumbline/validators';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { foreignRepository, git } from '../pipelines/foreign-repository.ts';

const script = join(import.meta.dirname, '..', '..', 'scripts', 'diff.ts');

async function diff(folder: string, ...args: readonly string[]) {
  const all = ['--disable-warning=ExperimentalWarning', script, '--cache', join(folder, '.cache')];
  const { status, stdout, stderr } = await run(process.execPath, [...all, ...args], {
    cwd: folder,
    deadline: 120_000,
  });
  return { status, stdout: stdout.toString('utf8'), stderr };
}

test('a kustomization of another repository, from where the command stands', async () => {
  await using folder = await foreignRepository();
  await folder.edit('deploy/base/service.yaml', 'app: web', 'app: shop');
  const { status, stdout, stderr } = await diff(folder.path, 'HEAD', '--path', 'deploy/production');
  assert.is(status, 1, stderr);
  assert.match(stdout, 'deploy/production\n  ~ Service shop/web\n      ~ spec.selector.app: web → shop\n');
  assert.match(stdout, /new error: service-without-pods .*\n.*\n {2}at deploy\/base\/service\.yaml:6\n/);
  assert.is((await diff(folder.path, 'HEAD', '--path', 'deploy/staging')).stdout.match(/→/g)?.length, 2);
  assert.is(await git(folder, 'status', '--porcelain'), 'M deploy/base/service.yaml');
});

test('every kustomization that no other one includes, be it on one side alone', async () => {
  await using folder = await foreignRepository();
  await folder.edit('deploy/base/deployment.yaml', 'web:1.4.0', 'web:1.5.0');
  await folder.write('deploy/preview/kustomization.yaml', 'resources:\n  - ../base\nnamespace: preview\n');
  const { stdout, status, stderr } = await diff(folder.path, '--every', 'deploy');
  assert.is(status, 0, stderr);
  for (const target of ['deploy/production', 'deploy/staging'])
    assert.match(stdout, `${target}\n  ~ Deployment`);
  assert.match(stdout, /deploy\/preview\n(?: .*\n)* {2}\+ Deployment preview\/web\n/);
  assert.match(stdout, '3 of 3 targets change');
});

test('a kind of which nobody here knows the schema is no new error', async () => {
  await using folder = await foreignRepository();
  await folder.write(
    'deploy/base/thing.yaml',
    'apiVersion: example.com/v1\nkind: Thing\nmetadata:\n  name: a\n',
  );
  await folder.edit(
    'deploy/base/kustomization.yaml',
    '  - service.yaml\n',
    '  - service.yaml\n  - thing.yaml\n',
  );
  const { status, stdout, stderr } = await diff(folder.path, '--path', 'deploy/production');
  assert.is(status, 0, stderr);
  assert.match(stdout, 'new warning: schema-unknown Thing shop/a');
});

test('what is outside, what is nowhere, and three revisions are told', async () => {
  await using folder = await foreignRepository();
  for (const [args, message] of [
    [['--path', '..'], 'is not in the repository'],
    [['--path', 'deploy/none'], 'nor the working tree has deploy/none'],
    [
      ['main', 'main', 'main', '--path', 'deploy/production'],
      'two revisions are compared, not 3: main, main, main\n',
    ],
    [['mian', '--path', 'deploy/production'], 'there is no revision "mian" (did you mean "main"?)'],
  ] as const) {
    const { status, stderr } = await diff(folder.path, ...args);
    assert.is(status, 2, args.join(' '));
    assert.ok(stderr.includes(message), stderr);
  }
});

test.run();
