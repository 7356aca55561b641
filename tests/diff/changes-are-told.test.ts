import { readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cacheOf, repository } from '../check/repository.ts';
import type { Folder } from '../harness/folder.ts';
import { git } from '../harness/git.ts';
import { runDiff } from './command.ts';

/** A copy of the fixture repository with one commit, on main. */
async function committed(): Promise<Folder> {
  const folder = await repository();
  // Its facts would judge what is changed here.
  await rm(join(folder.path, 'facts'), { recursive: true });
  await folder.write('.gitignore', '.cache/\n');
  await git(folder.path, 'init', '--quiet', '--initial-branch=main');
  await commit(folder);
  return folder;
}

async function commit(folder: Folder): Promise<void> {
  await git(folder.path, 'add', '--all');
  await git(folder.path, 'commit', '--quiet', '--message=state');
}

/** Compares states of a copy of the repository, from where there is none. */
const diff = (folder: Folder, ...args: readonly string[]) =>
  runDiff(tmpdir(), folder, '--root', folder.path, ...args);

test('the working tree beside main: each change once, with the environments that have it', async () => {
  await using folder = await committed();
  await folder.edit('base/shop/deployment.yaml', 'memory: 64Mi', 'memory: 96Mi');
  await folder.edit('overlays/production/shop/replicas-patch.yaml', 'replicas: 3', 'replicas: 4');
  await folder.write('new.txt', 'not of any overlay');
  const before = await git(folder.path, 'status', '--porcelain');
  const { status, stdout, stderr } = await diff(folder);
  assert.is(status, 0, stderr);
  assert.match(stdout, /^[0-9a-f]{12} → the working tree$/m);
  const memory = '~ spec.template.spec.containers[name=api].resources.requests.memory: 64Mi → 96Mi';
  assert.ok(stdout.includes(`shop in kind\n  ~ Deployment shop/api\n      ${memory}\n`), stdout);
  assert.ok(
    stdout.includes(
      `shop in production\n  ~ Deployment shop/api\n      ~ spec.replicas: 3 → 4\n      ${memory}\n`,
    ),
    stdout,
  );
  assert.match(stdout, '4 of 6 targets change: 0 objects come, 2 change, 0 go; 0 new errors');
  assert.is(await git(folder.path, 'status', '--porcelain'), before);
  assert.is((await git(folder.path, 'worktree', 'list')).split('\n').length, 1);
});

test('what all environments have is told once, and nothing where nothing is another', async () => {
  await using folder = await committed();
  assert.match(
    (await diff(folder)).stdout,
    '0 of 6 targets change: 0 objects come, 0 change, 0 go; 0 new errors',
  );
  await folder.edit('base/shop/service.yaml', 'port: 80', 'port: 81');
  await commit(folder);
  await folder.edit('base/shop/service.yaml', 'port: 81', 'port: 82');
  const { stdout } = await diff(folder, 'HEAD~1', 'main');
  assert.match(stdout, /^HEAD~1 \([0-9a-f]{12}\) → main \([0-9a-f]{12}\)$/m);
  assert.match(stdout, 'shop in kind, production\n  ~ Service shop/api\n');
  assert.match(stdout, '- spec.ports[port=80]');
  assert.match(stdout, '+ spec.ports[port=81]');
  assert.not.match(stdout, '"port":82');
  assert.match((await diff(folder, 'HEAD~1', 'main', 'production')).stdout, 'shop in production\n');
  assert.match((await diff(folder, 'HEAD~1', 'main', 'depot')).stdout, '0 of 2 targets change');
});

test('only what is newly wrong fails, and what is mended is told', async () => {
  await using folder = await committed();
  await folder.edit('base/shop/deployment.yaml', 'imagePullPolicy', 'imagePulPolicy');
  const wrong = await diff(folder);
  assert.is(wrong.status, 1, wrong.stderr);
  assert.match(wrong.stdout, /new error: schema Deployment shop\/api \S+imagePulPolicy\n/);
  assert.match(wrong.stdout, 'at base/shop/deployment.yaml:18');
  await commit(folder);
  await folder.edit('base/shop/deployment.yaml', 'memory: 64Mi', 'memory: 96Mi');
  const before = await diff(folder, 'HEAD');
  assert.is(before.status, 0, before.stdout);
  assert.not.match(before.stdout, /^new error:/m);
  await folder.edit('base/shop/deployment.yaml', 'imagePulPolicy', 'imagePullPolicy');
  const mended = await diff(folder, 'HEAD');
  assert.is(mended.status, 0);
  assert.match(mended.stdout, /mended error: schema/);
});

test('a side that does not render is told as that, and not as objects that come or go', async () => {
  await using folder = await committed();
  await folder.edit('base/shop/kustomization.yaml', 'service.yaml', 'servic.yaml');
  const broken = await diff(folder, 'HEAD', 'kind');
  assert.is(broken.status, 1);
  assert.match(broken.stdout, 'kind/shop: the newer side does not render');
  assert.match(broken.stdout, 'new error:');
  assert.not.match(broken.stdout, /^ {2}[-+] /m);
  await commit(folder);
  // It was so before: nothing is new, whatever else changes.
  await folder.edit('base/depot/statefulset.yaml', 'memory: 32Mi', 'memory: 48Mi');
  const still = await diff(folder, 'HEAD');
  assert.is(still.status, 0, still.stdout);
  assert.match(still.stdout, '~ StatefulSet depot/');
});

test('where the older side did not render, what is wrong with the newer is told, and that it may not be new', async () => {
  await using folder = await committed();
  await folder.edit('base/shop/kustomization.yaml', 'service.yaml', 'servic.yaml');
  await commit(folder);
  await folder.edit('base/shop/kustomization.yaml', 'servic.yaml', 'service.yaml');
  const mended = await diff(folder, 'HEAD', 'kind', '--format', 'markdown');
  assert.is(mended.status, 0, mended.stdout);
  assert.match(mended.stdout, 'kind/shop: the older side does not render: all that is wrong');
  assert.match(mended.stdout, /\*\*Mended\*\*\n\n- \*\*error\*\* `render`/);
  await folder.edit('base/shop/deployment.yaml', 'imagePullPolicy', 'imagePulPolicy');
  const wrong = await diff(folder, 'HEAD', 'kind', '--format', 'json');
  assert.is(wrong.status, 1);
  const { targets } = JSON.parse(wrong.stdout);
  assert.equal(
    targets.map(({ target, unreadable }: Record<string, unknown>) => `${target} ${unreadable}`),
    ['kind older', 'kind/shop older'],
  );
});

test('a tree with what is staged, what is not and what git does not know is compared as it stands', async () => {
  await using folder = await committed();
  await folder.edit('base/shop/service.yaml', 'port: 80', 'port: 81');
  await git(folder.path, 'add', '--all');
  await folder.edit('base/shop/service.yaml', 'port: 81', 'port: 82');
  await folder.write('base/shop/extra.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: extra\n');
  await folder.edit('base/shop/kustomization.yaml', '  - service.yaml', '  - service.yaml\n  - extra.yaml');
  const before = await git(folder.path, 'status', '--porcelain');
  const { stdout } = await diff(folder, 'HEAD', 'kind');
  assert.match(stdout, '+ ConfigMap shop/extra');
  assert.match(stdout, '+ spec.ports[port=82]');
  assert.not.match(stdout, 'port=81');
  assert.is(await git(folder.path, 'status', '--porcelain'), before);
});

test('files that are no text are told by their size, and a ConfigMap of a mebibyte in time', async () => {
  await using folder = await committed();
  const path = join(folder.path, 'base', 'shop', 'blob.bin');
  const lines = (mark: string) =>
    Array.from({ length: 16_000 }, (_, at) => `${mark} ${at} ${'x'.repeat(50)}`).join('\n');
  const state = async (byte: number, mark: string) => {
    await writeFile(path, Buffer.alloc(3000, byte));
    await folder.write('base/shop/large.txt', lines(mark));
  };
  const generated = '  - name: blob\n    files: [blob.bin]\n  - name: large\n    files: [large.txt]\n';
  await state(0xff, 'a');
  await folder.edit(
    'base/shop/kustomization.yaml',
    'configMapGenerator:\n',
    `configMapGenerator:\n${generated}`,
  );
  await commit(folder);
  await state(0xfe, 'b');
  const began = performance.now();
  const { stdout, status, stderr } = await diff(folder, 'HEAD', 'kind');
  assert.is(status, 0, stderr);
  assert.match(stdout, 'binaryData["blob.bin"]: (3000 bytes) → (3000 bytes, others)');
  assert.match(stdout, `+     b 15999 ${'x'.repeat(50)}\n`);
  assert.ok(performance.now() - began < 60_000);
});

test('a system that comes or goes, and one that the other side does not know', async () => {
  await using folder = await committed();
  await git(folder.path, 'rm', '-r', '--quiet', 'overlays/production/depot');
  await folder.edit('overlays/production/kustomization.yaml', '  - depot\n', '');
  const gone = await diff(folder, 'HEAD', '--format', 'json');
  const { targets } = JSON.parse(gone.stdout);
  const depot = targets.find(({ target }: { target: string }) => target === 'production/depot');
  assert.is(depot.state, 'removed');
  assert.ok(depot.objects.every(({ after }: { after?: object }) => after === undefined));
  assert.ok(depot.objects.length >= 2);
});

test('a comment folds by system and environment, tells what is wrong outside, and fits; a page has all of it', async () => {
  await using folder = await committed();
  await folder.edit('base/shop/deployment.yaml', 'memory: 64Mi', 'memory: 96Mi');
  await folder.edit('base/depot/statefulset.yaml', 'serviceName: store', 'serviceName: stor');
  const { stdout } = await diff(folder, '--format', 'markdown');
  assert.match(stdout, /^\*\*[0-9a-f]{12} → the working tree\*\*: 6 of 6 targets change/);
  assert.match(
    stdout,
    '<details><summary>shop in kind, production: 1 objects</summary>\n\n```diff\n~ Deployment shop/api',
  );
  assert.match(
    stdout,
    '\n!     spec.template.spec.containers[name=api].resources.requests.memory: 64Mi → 96Mi\n',
  );
  assert.match(
    stdout,
    /- \*\*error\*\* `field-immutable` StatefulSet depot\/store spec\.serviceName in kind\/depot, production\/depot:/,
  );
  const page = await diff(folder, '--format', 'html');
  assert.is(page.status, 1);
  assert.match(
    page.stdout,
    /^<!DOCTYPE html>[\s\S]*<h2[^>]*>What it would break \(1\)<[\s\S]*<svg[^>]*aria-label="Topology of[\s\S]*<\/html>\n$/,
  );
  // Two thousand lines of a file.
  const lines = (mark: string) =>
    Array.from({ length: 2000 }, (_, at) => `${mark} ${at} ${'x'.repeat(60)}`).join('\n');
  await folder.write('base/shop/settings.conf', lines('a'));
  await commit(folder);
  await folder.write('base/shop/settings.conf', lines('b'));
  const long = await diff(folder, 'HEAD', '--format', 'markdown');
  assert.ok(long.stdout.length < 65_536, `${long.stdout.length} characters`);
  assert.match(long.stdout, 'do not fit in a comment');
});

test('a revision that there is not, one too many, a shallow clone, a folder without git', async () => {
  await using folder = await committed();
  const refusal = async (at: Folder, ...args: string[]) => {
    const { status, stdout, stderr } = await diff(at, ...args);
    assert.is(status, 2, stdout);
    assert.is(stdout, '');
    assert.not.match(stderr, /^ {4}at /m, 'no stack');
    return stderr;
  };
  assert.match(await refusal(folder, 'mian'), 'there is no revision "mian" (did you mean "main"?)');
  assert.match(await refusal(folder, '--', '--upload-pack=x'), 'there is no revision "--upload-pack=x"');
  assert.match(await refusal(folder, 'a', 'b', 'c'), 'two revisions are compared, not 3');
  assert.match(
    await refusal(folder, '--format', 'pdf'),
    '--format takes text, json, markdown, html, not "pdf"',
  );
  await commit(await edited(folder));
  await using clone = await repository();
  await git(clone.path, 'init', '--quiet', '--initial-branch=main');
  await git(clone.path, 'fetch', '--quiet', '--depth=1', `file://${folder.path}`, 'main');
  await git(clone.path, 'reset', '--quiet', '--hard', 'FETCH_HEAD');
  assert.match(await refusal(clone, 'HEAD~1'), 'the clone is shallow: git fetch --unshallow');
  await using plain = await repository();
  assert.match(await refusal(plain, 'main'), 'is no git repository');
});

async function edited(folder: Folder): Promise<Folder> {
  await folder.edit('base/shop/service.yaml', 'port: 80', 'port: 81');
  return folder;
}

test('trees are brought out once and whole, also beside another run', async () => {
  await using folder = await committed();
  await folder.edit('base/shop/service.yaml', 'port: 80', 'port: 81');
  const both = await Promise.all([diff(folder), diff(folder)]);
  for (const { status, stderr } of both) assert.is(status, 0, stderr);
  const trees = await readdir(join(cacheOf(folder), 'revisions'));
  assert.equal(trees, [await git(folder.path, 'rev-parse', 'HEAD^{tree}')]);
});

test.run();
