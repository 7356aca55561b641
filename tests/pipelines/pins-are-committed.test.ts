import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '@plumbline/validators';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { buildableImages, pinImages, pinnedAlready } from '../../deploy/index.ts';
import { type Folder, folderWith } from '../harness/folder.ts';
import { git } from '../harness/git.ts';

const root = join(import.meta.dirname, '..', '..');
const registry = 'registry.example.com/team/shop';
const overlay = 'overlays/production/shop/kustomization.yaml';
const laptops = 'overlays/kind/shop/kustomization.yaml';
const before = 'images:\n  - name: worker\n    newName: registry.example.com/a/worker\n    newTag: 0.1.0\n';
const after = before.replace('0.1.0', `abcdef012345\n    digest: sha256:${'a'.repeat(64)}`);

/** A repository at `origin`, and a checkout of it, as a job has one. */
async function repository(): Promise<Folder> {
  const folder = await folderWith({
    [`work/${overlay}`]: before,
    [`work/${laptops}`]: before,
    'work/README.md': 'one\n',
  });
  const work = join(folder.path, 'work');
  await git(folder.path, 'init', '--quiet', '--bare', 'origin');
  await git(work, 'init', '--quiet');
  await git(work, 'add', '.');
  await git(work, 'commit', '--quiet', '--message', 'one');
  await git(work, 'push', '--quiet', '../origin', 'HEAD:main');
  await git(folder.path, 'clone', '--quiet', 'origin', 'job');
  return folder;
}

/** A patch of the checkout's files, as `git diff` writes it. */
async function patchOf(
  folder: Folder,
  name: string,
  files: Readonly<Record<string, string>>,
): Promise<string> {
  const work = join(folder.path, 'work');
  for (const [file, text] of Object.entries(files)) await folder.write(join('work', file), text);
  await git(work, 'add', '--intent-to-add', '.');
  const patch = await git(work, 'diff', '--binary');
  await git(work, 'reset', '--quiet', '--hard');
  const file = join(folder.path, name);
  await writeFile(file, patch === '' ? '' : `${patch}\n`);
  return file;
}

const commitPins = (folder: Folder, ...patches: string[]) => commitPinsWith({}, folder, ...patches);
const commitPinsWith = (env: Record<string, string>, folder: Folder, ...patches: string[]) =>
  run(join(root, '.ci/commit-pins'), ['main', ...patches], {
    cwd: join(folder.path, 'job'),
    env,
    deadline: 60_000,
  });
const onMain = (folder: Folder, file: string) => git(join(folder.path, 'origin'), 'show', `main:${file}`);

test('pins are committed on main by one commit, and the same pins a second time are none', async () => {
  await using folder = await repository();
  const patch = await patchOf(folder, 'pins.patch', { [overlay]: after });
  const nothing = await patchOf(folder, 'nothing.patch', {});
  const first = await commitPins(folder, nothing, patch);
  assert.is(first.status, 0, first.stderr);
  assert.is(await onMain(folder, overlay), after.trim());
  assert.is(await git(join(folder.path, 'origin'), 'rev-list', '--count', 'main'), '2');
  assert.match(
    await git(join(folder.path, 'origin'), 'log', '-1', '--format=%s', 'main'),
    /^Pin the images of [0-9a-f]{7,}$/,
  );
  const second = await commitPins(folder, nothing);
  assert.match(second.stdout.toString('utf8'), 'Every image is pinned already');
  assert.is(await git(join(folder.path, 'origin'), 'rev-list', '--count', 'main'), '2');
});

test('what was committed on main meanwhile stays, below the pins', async () => {
  await using folder = await repository();
  const patch = await patchOf(folder, 'pins.patch', { [overlay]: after });
  const work = join(folder.path, 'work');
  await folder.write('work/README.md', 'two\n');
  await git(work, 'commit', '--quiet', '--all', '--message', 'two');
  await git(work, 'push', '--quiet', '../origin', 'HEAD:main');
  const { status, stderr } = await commitPins(folder, patch);
  assert.is(status, 0, stderr);
  assert.match(stderr, 'main moved on (1)');
  assert.is(await onMain(folder, 'README.md'), 'two');
  assert.is(await onMain(folder, overlay), after.trim());
});

test('a patch of anything but pins of production is refused whole', async () => {
  for (const files of [
    { 'README.md': 'two\n' },
    { [overlay]: after, '.github/workflows/main.yaml': 'on: push\n' },
    { 'overlays/production/shop/patch.yaml': 'a: 1\n' },
    { [laptops]: after },
    { [overlay]: `${after}resources:\n  - elsewhere\n` },
    { [overlay]: after.replace('abcdef012345', 'abcdef012345\n    extra: field') },
  ]) {
    await using folder = await repository();
    const patch = await patchOf(folder, 'pins.patch', files);
    const { status, stderr } = await commitPins(folder, patch);
    assert.is(status, 1, JSON.stringify(files));
    assert.match(stderr, 'These are no pins of images');
    assert.is(await git(join(folder.path, 'origin'), 'rev-list', '--count', 'main'), '1');
  }
});

test('a push that the host refuses fails the job', async () => {
  await using folder = await repository();
  const patch = await patchOf(folder, 'pins.patch', { [overlay]: after });
  await folder.write('origin/hooks/update', '#!/bin/sh\nexit 1\n');
  await run('chmod', ['+x', join(folder.path, 'origin/hooks/update')], { deadline: 10_000 });
  assert.is((await commitPins(folder, patch)).status, 1);
});

test('the host is told not to start another pipeline, where it is to be told', async () => {
  await using folder = await repository();
  await git(join(folder.path, 'origin'), 'config', 'receive.advertisePushOptions', 'true');
  await folder.write('origin/hooks/pre-receive', '#!/bin/sh\necho "$GIT_PUSH_OPTION_0" >told\n');
  await run('chmod', ['+x', join(folder.path, 'origin/hooks/pre-receive')], { deadline: 10_000 });
  const patch = await patchOf(folder, 'pins.patch', { [overlay]: after });
  const { status, stderr } = await commitPinsWith({ PUSH_OPTION: 'ci.skip' }, folder, patch);
  assert.is(status, 0, stderr);
  assert.is(await folder.read('origin/told'), 'ci.skip\n');
});

test('with every image pinned as a pipeline pins them, the check of production finds nothing', async () => {
  await using folder = await folderWith();
  for (const part of ['base', 'overlays', 'facts', 'argocd'])
    await cp(join(root, part), join(folder.path, part), { recursive: true });
  const { images } = await buildableImages(root, []);
  const ours = images.filter(({ system }) => system !== 'debug');
  assert.ok(ours.length >= 8, `${ours.length} images`);
  const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;
  await pinImages(
    folder.path,
    'production',
    ours.map((image) => ({ image, repository: `${registry}/${image.name}`, digest })),
  );
  assert.equal(
    await pinnedAlready(folder.path, 'production', registry, ours),
    ours.map(({ name }) => name),
  );
  const args = [
    'production',
    '--root',
    folder.path,
    '--cache',
    join(folder.path, '.cache'),
    '--format',
    'json',
  ];
  const checked = await run(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(root, 'scripts/check.ts'), ...args],
    { deadline: 5 * 60_000 },
  );
  const { targets } = JSON.parse(checked.stdout.toString('utf8')) as {
    targets: { findings: { severity: string; message: string }[] }[];
  };
  assert.ok(targets.length >= 6);
  assert.equal(
    targets.flatMap(({ findings }) => findings).filter(({ severity }) => severity === 'error'),
    [],
  );
  assert.is(checked.status, 0);
});

test('the patch of our own pins is one that is committed', async () => {
  await using folder = await repository();
  const file = 'overlays/production/lambda/kustomization.yaml';
  const text = await readFile(join(root, file), 'utf8');
  const work = join(folder.path, 'work');
  await folder.write(join('work', file), text);
  await git(work, 'add', '.');
  await git(work, 'commit', '--quiet', '--message', 'lambda');
  await git(work, 'push', '--quiet', '../origin', 'HEAD:main');
  await git(join(folder.path, 'job'), 'pull', '--quiet');
  const { images } = await buildableImages(root, ['lambda']);
  const pushed = images.map((image) => ({
    image,
    repository: `${registry}/${image.name}`,
    digest: `sha256:${'a'.repeat(64)}`,
  }));
  await pinImages(work, 'production', pushed);
  const pinned = await folder.read(join('work', file));
  const patch = await patchOf(folder, 'pins.patch', { [file]: pinned });
  const { status, stderr } = await commitPins(folder, patch);
  assert.is(status, 0, stderr);
  assert.match(await onMain(folder, file), `newTag: ${images[0]?.content}`);
});

test.run();
