import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Folder } from '../harness/folder.ts';
import { command, repository } from './repository.ts';

interface Told {
  readonly rule: string;
  readonly path?: string;
  readonly message: string;
  readonly source: { readonly file: string; readonly line?: number };
}

/** What the check says of each file that keeps it from judging, by file and line; exit 1, and nothing else judged. */
async function mistakes(folder: Folder): Promise<string[]> {
  const { status, stdout, stderr } = await command(folder, '--format', 'json');
  assert.is(status, 1, stderr);
  assert.match(stderr, 'nothing was judged');
  const { targets } = JSON.parse(stdout) as { targets: { target: string; findings: Told[] }[] };
  return targets.flatMap(({ target, findings }) =>
    findings.map(({ rule, path, message, source }) => {
      assert.is(source.file, target);
      return `${source.file}:${source.line ?? ''} ${rule} ${path ?? '-'}: ${message}`;
    }),
  );
}

test('environment files with mistakes: all of them, in both environments', async () => {
  await using folder = await repository();
  await folder.edit('overlays/kind/environment.yaml', 'loadBalancers: false', 'loadBalancer: false');
  await folder.edit('overlays/kind/environment.yaml', 'count: 1', 'count: none');
  await folder.edit('overlays/production/environment.yaml', 'secrets: external', 'secrets: extern');
  assert.equal((await mistakes(folder)).sort(), [
    'overlays/kind/environment.yaml:10 environment spec.nodes[0].count: spec.nodes[0].count is "none" and must be an integer',
    'overlays/kind/environment.yaml:18 environment spec.loadBalancer: spec has no field loadBalancer (did you mean "loadBalancers"?)',
    'overlays/kind/environment.yaml:5 environment spec: spec must have the field loadBalancers',
    'overlays/production/environment.yaml:25 environment spec.secrets: spec.secrets is "extern" and must be one of ' +
      'committed, external (did you mean "external"?)',
  ]);
});

test('an environment file that is not there', async () => {
  await using folder = await repository();
  await folder.write('overlays/minikube/kustomization.yaml', 'resources: []\n');
  const [told = ''] = await mistakes(folder);
  assert.match(told, 'overlays/minikube/environment.yaml: environment -: it is not there');
});

test('a fact that nobody reads', async () => {
  await using folder = await repository();
  await folder.edit('facts/shop.md', '| replicas |', '| replica  |');
  assert.equal(await mistakes(folder), [
    'facts/shop.md:5 fact -: there is no fact "replica" (did you mean "replicas"?); docs/conventions.md lists them',
  ]);
});

test('images that are no maps', async () => {
  await using folder = await repository();
  await folder.write('base/images.yaml', 'published: {}\n');
  assert.equal(await mistakes(folder), [
    'base/images.yaml: image-not-pinned -: it must hold the maps "published" and "built"',
  ]);
});

test('people are told the file, the line and the way out', async () => {
  await using folder = await repository();
  await folder.edit('overlays/kind/environment.yaml', 'count: 1', 'count: none');
  const { status, stdout } = await command(folder);
  assert.is(status, 1);
  assert.match(stdout, 'spec.nodes[0].count is "none" and must be an integer');
  assert.match(stdout, 'at overlays/kind/environment.yaml:10');
});

test.run();
