import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { judgeChange } from '../../trial/histories/compared.ts';
import { type CommitChange, changesOf, cloneHistory } from '../../trial/histories/history.ts';
import { folderWith } from '../harness/folder.ts';
import { git } from '../harness/git.ts';

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
  const inIt = (...args: string[]) => git(repository.path, ...args);
  const commit = async () => {
    await inIt('add', '--all');
    await inIt('commit', '--quiet', '--message', 'a change');
  };
  await inIt('init', '--quiet');
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
  const history = { git: clone, head: await inIt('rev-parse', 'HEAD'), folders: ['deploy'] };
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
