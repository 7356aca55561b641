import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { judgeChange } from '../../trial/histories/compared.ts';
import { type CommitChange, changesOf, cloneHistory } from '../../trial/histories/history.ts';
import { run } from '../../validators/process/run.ts';
import { folderWith } from '../harness/folder.ts';

const kustomize = process.env.KUSTOMIZE ?? 'kustomize';

const configMap = (value: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  a: "${value}"\n`;

test('each commit of the main line that touches the folders, with the kustomizations that it changes', async () => {
  await using repository = await folderWith({
    'deploy/base/kustomization.yaml': 'resources: [settings.yaml]\n',
    'deploy/base/settings.yaml': configMap('1'),
    'deploy/one/kustomization.yaml': 'resources: [../base]\nnamePrefix: one-\n',
    'deploy/two/kustomization.yaml': 'resources: [../base]\nnamePrefix: two-\n',
    'deploy/far/kustomization.yaml': 'resources: [https://example.com/a.yaml]\n',
    'README.md': 'one\n',
  });
  const git = async (...args: string[]) => {
    const identity = [
      '-c',
      'user.name=a',
      '-c',
      'user.email=a@example.com',
      '-c',
      'core.hooksPath=/dev/null',
    ];
    const ran = await run('git', [...identity, ...args], { cwd: repository.path, deadline: 30_000 });
    assert.is(ran.status, 0, ran.stderr);
    return ran.stdout.toString('utf8').trim();
  };
  const commit = async () => {
    await git('add', '--all');
    await git('commit', '--quiet', '--message', 'a change');
  };
  await git('init', '--quiet');
  await commit();
  await repository.write('deploy/base/settings.yaml', configMap('2'));
  await commit();
  await repository.write('README.md', 'two\n');
  await commit();
  await repository.write('deploy/base/settings.yaml', `# a comment\n${configMap('2')}`);
  await commit();
  await repository.edit('deploy/one/kustomization.yaml', 'one-', 'first-');
  await repository.write('deploy/three/kustomization.yaml', 'resources: [../base]\nnamePrefix: three-\n');
  await commit();

  await using scratch = await folderWith();
  const clone = join(scratch.path, 'clone.git');
  await cloneHistory(repository.path, clone);
  const changes: CommitChange[] = [];
  const history = { git: clone, head: await git('rev-parse', 'HEAD'), folders: ['deploy'] };
  for await (const change of changesOf(history, kustomize, scratch.path)) changes.push(change);
  assert.equal(
    changes.map(({ renders, unreadable }) => [renders.map(({ folder }) => folder), unreadable]),
    [
      [['deploy/one', 'deploy/three'], ['deploy/far']],
      [[], ['deploy/far']],
      [['deploy/one', 'deploy/two'], ['deploy/far']],
    ],
  );
  const [renamed, , value] = await Promise.all(changes.map(({ renders }) => judgeChange('shop', renders)));
  assert.equal([renamed?.faults, value?.faults], [[], []]);
  assert.equal([renamed?.objects, value?.objects, value?.fields], [3, 2, 2]);
});

test.run();
