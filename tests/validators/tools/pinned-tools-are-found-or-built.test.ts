import { access, chmod, readdir, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fitsPin, locateTools } from '../../../validators/tools/locate.ts';
import { UsageError } from '../../../validators/usage-error.ts';
import { type Folder, folderWith } from '../../harness/folder.ts';

const goMod = `module tools

require (
	github.com/yannh/kubeconform v0.8.0 // indirect
	sigs.k8s.io/kustomize/kustomize/v5 v5.8.1 // indirect
)
`;

/** Puts commands into folders of PATH; each prints the version that it is given. */
async function install(folder: Folder, commands: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, version] of Object.entries(commands)) {
    await folder.write(name, `#!/bin/sh\necho ${version}\n`);
    await chmod(join(folder.path, name), 0o755);
  }
}

async function pins(more: Readonly<Record<string, string>> = {}): Promise<Folder> {
  return folderWith({ 'tools/go.mod': goMod, 'tools/go.sum': '', ...more });
}

async function locate(folder: Folder, ...path: string[]) {
  const said: string[] = [];
  const tools = await locateTools({
    pins: join(folder.path, 'tools'),
    cache: join(folder.path, 'cache'),
    progress: (message) => said.push(message),
    path: path.map((part) => join(folder.path, part)).join(delimiter),
  });
  return { ...tools, said };
}

/** Runs with no command on PATH but those of one folder. */
async function withPath<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  const before = process.env.PATH;
  process.env.PATH = path;
  try {
    return await work();
  } finally {
    process.env.PATH = before;
  }
}

const fits: readonly (readonly [string, string, boolean])[] = [
  ['v5.8.1', 'v5.8.1', true],
  ['5.8.1', 'v5.8.1', true],
  ['v5.8.10\n', 'v5.8.9', true],
  ['v5.8.0', 'v5.8.1', false],
  ['v5.9.1', 'v5.8.1', false],
  ['v6.8.1', 'v5.8.1', false],
  ['v5.8', 'v5.8.1', false],
  ['v5.8.1-rc.1', 'v5.8.1', false],
  ['development', 'v0.8.0', false],
  ['', 'v0.8.0', false],
];

for (const [version, pinned, expected] of fits) {
  test(`${JSON.stringify(version)} ${expected ? 'fits' : 'does not fit'} the pin ${pinned}`, () => {
    assert.is(fitsPin(version, pinned), expected);
  });
}

test('a command that says "development" has the version that Go wrote into it', async () => {
  await using folder = await pins();
  const built = (version: string) =>
    `#!/bin/sh\necho development; exit\npath\tx\nmod\tgithub.com/yannh/kubeconform\t${version}\th1:x\n`;
  for (const [where, version] of [
    ['old', 'v0.7.0'],
    ['new', 'v0.8.0'],
  ] as const) {
    await folder.write(`${where}/kubeconform`, built(version));
    await chmod(join(folder.path, where, 'kubeconform'), 0o755);
  }
  await install(folder, { 'new/kustomize': 'v5.8.1' });
  const found = await locate(folder, 'old', 'new');
  assert.is(found.kubeconform, join(folder.path, 'new', 'kubeconform'));
  assert.is(found.versions, 'kustomize v5.8.1, kubeconform v0.8.0');
});

test('the first command on PATH at the pinned version, or a newer patch of it, is taken', async () => {
  await using folder = await pins();
  await install(folder, {
    'old/kustomize': 'v5.8.0',
    'newer/kustomize': 'v5.9.0',
    'patched/kustomize': 'v5.8.3',
    'exact/kustomize': 'v5.8.1',
    'exact/kubeconform': 'v0.8.0',
  });
  const tools = await locate(folder, 'nowhere', 'old', 'newer', 'patched', 'exact');
  assert.is(tools.kustomize, join(folder.path, 'patched/kustomize'));
  assert.is(tools.kubeconform, join(folder.path, 'exact/kubeconform'));
  assert.is(tools.versions, 'kustomize v5.8.3, kubeconform v0.8.0');
  assert.equal(tools.said, []);
});

test('a file that cannot be run is passed over', async () => {
  await using folder = await pins({ 'plain/kustomize': '#!/bin/sh\necho v5.8.1\n' });
  await install(folder, { 'good/kustomize': 'v5.8.1', 'good/kubeconform': 'v0.8.0' });
  assert.is((await locate(folder, 'plain', 'good')).kustomize, join(folder.path, 'good/kustomize'));
});

test('what is not on PATH is built by Go, once', async () => {
  await using folder = await pins();
  await install(folder, { 'exact/kustomize': 'v5.8.1' });
  const build =
    '#!/bin/sh\nfor name in kustomize kubeconform; do echo "#!/bin/sh" > "$GOBIN/$name"; chmod +x "$GOBIN/$name"; done\n';
  await folder.write('bin/go', build);
  await chmod(join(folder.path, 'bin/go'), 0o755);
  await withPath(`${join(folder.path, 'bin')}${delimiter}/usr/bin${delimiter}/bin`, async () => {
    const tools = await locate(folder, 'exact');
    assert.is(tools.kustomize, join(folder.path, 'exact/kustomize'));
    assert.match(tools.kubeconform, /cache\/[0-9a-f]{16}-[^/]+\/kubeconform$/);
    assert.is(tools.versions, 'kustomize v5.8.1, kubeconform v0.8.0');
    assert.is(tools.said.length, 1);
    assert.match(tools.said[0] ?? '', /^Building kubeconform from tools\/go\.mod/);
  });
  await withPath('', async () => {
    assert.equal((await locate(folder, 'exact')).said, [], 'it is not built again');
  });
});

test('a command that is missing from what was built before is built again', async () => {
  await using folder = await pins();
  const build =
    '#!/bin/sh\nfor name in kustomize kubeconform; do echo > "$GOBIN/$name"; chmod +x "$GOBIN/$name"; done\n';
  await folder.write('bin/go', build);
  await chmod(join(folder.path, 'bin/go'), 0o755);
  await withPath(`${join(folder.path, 'bin')}${delimiter}/usr/bin${delimiter}/bin`, async () => {
    const { kustomize, kubeconform } = await locate(folder);
    await rm(kubeconform);
    assert.equal((await locate(folder)).kubeconform, kubeconform);
    await Promise.all([access(kustomize), access(kubeconform)]);
  });
});

test('without Go the message says what to install, and which versions', async () => {
  await using folder = await pins();
  await withPath(folder.path, async () => {
    await locate(folder).then(
      () => assert.unreachable(),
      (error: Error) => {
        assert.instance(error, UsageError);
        assert.match(
          error.message,
          /^kustomize and kubeconform could not be built \(go did not start: .*ENOENT/,
        );
        assert.match(error.message, 'Install Go 1.26 or newer (https://go.dev/doc/install)');
        assert.match(error.message, /\n {2}kustomize v5\.8\.1\n {2}kubeconform v0\.8\.0$/);
      },
    );
  });
});

test('a build that fails says why, and leaves nothing', async () => {
  await using folder = await pins({ 'bin/go': '#!/bin/sh\necho "no such module" >&2\nexit 1\n' });
  await chmod(join(folder.path, 'bin/go'), 0o755);
  await withPath(`${join(folder.path, 'bin')}${delimiter}/usr/bin${delimiter}/bin`, async () => {
    await locate(folder).then(
      () => assert.unreachable(),
      (error: Error) => assert.match(error.message, 'could not be built (no such module)'),
    );
  });
  assert.equal(await readdir(join(folder.path, 'cache')), []);
});

test('a pin that go.mod does not hold is asked for', async () => {
  await using folder = await pins({ 'tools/go.mod': 'module tools\n' });
  await locate(folder).then(
    () => assert.unreachable(),
    (error: Error) => assert.match(error.message, /tools\/go\.mod does not require sigs\.k8s\.io\/kustomize/),
  );
});

test.run();
