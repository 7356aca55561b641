import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { allowance, capacity, readEnvironment } from '../../../validators/environment/environment.ts';
import { UsageError } from '../../../validators/usage-error.ts';
import { type Folder, folderWith } from '../../harness/folder.ts';

const good = await readFile(join(import.meta.dirname, 'fixtures', 'environment.yaml'), 'utf8');
const path = 'overlays/kind/environment.yaml';

async function refusal(folder: Folder): Promise<string> {
  return readEnvironment(folder.path, path).then(
    () => assert.unreachable('it was accepted') as never,
    (error: Error) => {
      assert.instance(error, UsageError);
      return error.message;
    },
  );
}

test('a right file is read, and says what its nodes have together', async () => {
  await using folder = await folderWith({ [path]: good });
  const environment = await readEnvironment(folder.path, path);
  assert.is(environment.name, 'kind');
  assert.equal(capacity(environment), { cpu: 20, memory: 40 * 2 ** 30, nodes: 3 });
});

test('the budget bounds a system by its own line, else by the common one, and the whole by another', async () => {
  await using folder = await folderWith({ [path]: good });
  const environment = await readEnvironment(folder.path, path);
  assert.equal(allowance(environment, 'preempt'), { cpu: 4, memory: 6 * 2 ** 30 });
  assert.equal(allowance(environment, 'streaming'), { cpu: 4, memory: 8 * 2 ** 30 });
  assert.equal(allowance(environment, undefined), { cpu: 6, memory: 12 * 2 ** 30 });
  const { budget: _, ...unbounded } = environment;
  assert.equal(allowance(unbounded, 'preempt'), capacity(environment));
});

test('every mistake is listed at once, each with its line, its field and the way out', async () => {
  await using folder = await folderWith({ [path]: good });
  await folder.edit(path, 'count: 1', 'count: 0');
  await folder.edit(path, 'cpu: "8"', 'cpu: eight');
  await folder.edit(path, 'loadBalancers: false', 'loadbalancers: false');
  await folder.edit(path, 'secrets: committed', 'secrets: commited');
  await folder.edit(path, 'kubernetes: "1.35"', 'kubernetes: 1.35');
  await folder.edit(path, 'by: minikube addon', 'by: minikube addo');
  const told = (await refusal(folder)).split('\n');
  assert.equal(told.map((mistake) => mistake.replace(/^.*?:(\d+): /, '$1 ')).sort(), [
    '10 spec.nodes[0].count must be >= 1',
    '11 spec.nodes[0].cpu is "eight", which is no quantity (as "500m", "8", "16Gi")',
    '27 spec has no field loadbalancers (did you mean "loadBalancers"?)',
    '32 spec.platform[0].by is "minikube addo" and must be one of argocd, minikube addon, manifest (did you mean "minikube addon"?)',
    '41 spec.secrets is "commited" and must be one of committed, external (did you mean "committed"?)',
    '5 spec must have the field loadBalancers',
    '8 spec.kubernetes is 1.35 and must be a string: write it in quotes',
  ]);
});

test('a quantity of the budget is checked like one of the nodes', async () => {
  await using folder = await folderWith({ [path]: good });
  await folder.edit(path, 'all: { cpu: "6", memory: 12Gi', 'all: { cpu: "6", memory: 12GB');
  assert.match(await refusal(folder), /spec\.budget\.all\.memory is "12GB", which is no quantity/);
});

test('an environment is named as its folder', async () => {
  await using folder = await folderWith({ [path]: good });
  await folder.edit(path, 'name: kind', 'name: minikube');
  assert.match(await refusal(folder), /metadata\.name is "minikube", and its folder is kind/);
});

test('what is no YAML says its line', async () => {
  await using folder = await folderWith({ [path]: 'spec:\n  nodes: [\n' });
  assert.match(await refusal(folder), /^overlays\/kind\/environment\.yaml:3: /);
});

test('a file that is not there, or is empty, is asked for', async () => {
  await using folder = await folderWith({ 'README.md': '' });
  assert.match(
    await refusal(folder),
    /^overlays\/kind\/environment\.yaml: it is not there: .*what the cluster offers/,
  );
  await folder.write(path, '');
  assert.match(await refusal(folder), /^overlays\/kind\/environment\.yaml/);
});

test.run();
