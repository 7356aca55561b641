import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Folder } from '../harness/folder.ts';
import { git } from '../harness/git.ts';
import { foreignRepository } from '../pipelines/foreign-repository.ts';
import { runDiff } from './command.ts';

/** Compares what the command finds around itself. */
const diff = (folder: Folder, ...args: readonly string[]) => runDiff(folder.path, folder, ...args);

test('a kustomization of another repository, from where the command stands', async () => {
  await using folder = await foreignRepository();
  await folder.edit('deploy/base/service.yaml', 'app: web', 'app: shop');
  const { status, stdout, stderr } = await diff(folder, 'HEAD', '--path', 'deploy/production');
  assert.is(status, 1, stderr);
  assert.match(stdout, 'deploy/production\n  ~ Service shop/web\n      ~ spec.selector.app: web → shop\n');
  assert.match(stdout, /new error: service-without-pods .*\n.*\n {2}at deploy\/base\/service\.yaml:6\n/);
  assert.is((await diff(folder, 'HEAD', '--path', 'deploy/staging')).stdout.match(/→/g)?.length, 2);
  assert.is(await git(folder.path, 'status', '--porcelain'), 'M deploy/base/service.yaml');
});

test('every kustomization that no other one includes, be it on one side alone', async () => {
  await using folder = await foreignRepository();
  await folder.edit('deploy/base/deployment.yaml', 'web:1.4.0', 'web:1.5.0');
  await folder.write('deploy/preview/kustomization.yaml', 'resources:\n  - ../base\nnamespace: preview\n');
  const { stdout, status, stderr } = await diff(folder, '--every', 'deploy');
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
  const { status, stdout, stderr } = await diff(folder, '--path', 'deploy/production');
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
    const { status, stderr } = await diff(folder, ...args);
    assert.is(status, 2, args.join(' '));
    assert.ok(stderr.includes(message), stderr);
  }
});

test.run();
