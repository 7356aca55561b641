import { chmod, readdir, readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { changeSource } from '../../cluster/binaries/changed-source.ts';
import { type GoToolName, goTools, locateGoTools } from '../../cluster/index.ts';
import { type Folder, folderWith } from '../harness/folder.ts';

const root = join(import.meta.dirname, '..', '..');

/** Stands in for Go: notes the build caches, makes what `-o` names, and fails where a folder says so. */
const go = `#!/bin/sh
[ "$1" = env ] && echo go1.26.0 && exit
mkdir -p "$GOCACHE" && echo compiled > "$GOCACHE/package"
echo "$GOCACHE" >> "$NOTES"
[ -e fails ] && echo 'does not compile' >&2 && exit 1
while [ "$1" != -o ]; do shift; done
echo '#!/bin/sh' > "$2" && chmod +x "$2"
`;

async function machine(): Promise<Folder> {
  const folder = await folderWith({ 'path/go': go });
  await chmod(join(folder.path, 'path', 'go'), 0o755);
  for (const name of ['etcd', 'coredns', 'kwok'] as const) {
    await folder.write(`pins/${name}/go.mod`, `require ${goTools[name].module} v1.2.3\n`);
  }
  return folder;
}

/** Builds with the stand-in; returns the build cache of each build, or the error. */
async function locate(folder: Folder, names: readonly GoToolName[], kept?: string) {
  const before = { ...process.env };
  const { path } = folder;
  process.env.PATH = `${join(path, 'path')}${delimiter}${before.PATH}`;
  process.env.NOTES = join(path, 'notes');
  if (kept === undefined) delete process.env.PLUMBLINE_GO_CACHE;
  else process.env.PLUMBLINE_GO_CACHE = kept;
  try {
    const options = { pins: join(path, 'pins'), cache: join(path, 'cache'), progress: () => {} };
    const error = await locateGoTools(names, options).then(
      () => undefined,
      (refused: Error) => refused.message,
    );
    const notes = await readFile(join(path, 'notes'), 'utf8').catch(() => '');
    return { error, caches: notes.trimEnd().split('\n') };
  } finally {
    process.env = before;
  }
}

const left = async (folder: Folder) =>
  (await readdir(join(folder.path, 'cache'))).filter((name) => !/^\w+-[0-9a-f]{16}$/.test(name));

test('tools that are built together share one build cache, which is gone afterwards', async () => {
  await using folder = await machine();
  const { error, caches } = await locate(folder, ['etcd', 'coredns', 'kwok']);
  assert.is(error, undefined);
  assert.is(caches.length, 3);
  assert.is(new Set(caches).size, 1);
  assert.ok(caches[0]?.startsWith(join(folder.path, 'cache', 'go-build-')));
  assert.equal(await left(folder), []);
});

test('the build cache is gone also when a tool does not compile, and what was built before stays', async () => {
  await using folder = await machine();
  await folder.write('pins/coredns/fails', '');
  const { error } = await locate(folder, ['etcd', 'coredns', 'kwok']);
  assert.match(error ?? '', /coredns v1\.2\.3 could not be built.*: does not compile/);
  assert.equal(await left(folder), []);
  assert.is((await readdir(join(folder.path, 'cache'))).length, 1);
});

test('a build cache that is named is used and kept', async () => {
  await using folder = await machine();
  const kept = join(folder.path, 'kept');
  const { caches } = await locate(folder, ['etcd', 'kwok'], kept);
  assert.equal(caches, [kept, kept]);
  assert.equal(await readdir(kept), ['package']);
});

/** The versions that a go.mod ends up with, by module. */
async function versions(name: string): Promise<Map<string, string>> {
  const text = await readFile(join(root, 'tools', 'cluster', name, 'go.mod'), 'utf8');
  const required = text.matchAll(/^(?:require |\t)([^\s(]+) (v\S+)(?: \/\/ indirect)?$/gm);
  const replaced = text.matchAll(/^(?:replace |\t)(\S+) => \S+ (v\S+)$/gm);
  const found = new Map([...required].map(([, module = '', version = '']) => [module, version]));
  for (const [, module = '', version = ''] of replaced) if (found.has(module)) found.set(module, version);
  return found;
}

/** Why each stands in its go.mod: etcd is of one release, the others do not compile with Kubernetes' versions. */
const others: Readonly<Record<string, readonly string[]>> = {
  etcd: ['go.etcd.io/etcd/api/v3', 'go.etcd.io/etcd/client/pkg/v3', 'go.etcd.io/etcd/client/v3'],
  kwok: ['k8s.io/cri-api', 'k8s.io/cri-client'],
  'argo-cd': ['github.com/cyphar/filepath-securejoin'],
};

for (const name of Object.keys(goTools)) {
  if (name === 'kubernetes') continue;
  test(`what ${name} shares with Kubernetes is of the same version, so that it is compiled once`, async () => {
    const kubernetes = await versions('kubernetes');
    assert.ok(kubernetes.size > 150);
    const own = await versions(name);
    const shared = [...own].filter(([module]) => kubernetes.has(module));
    assert.ok(shared.length > 20);
    const differ = shared.filter(([module, version]) => kubernetes.get(module) !== version);
    assert.equal(differ.map(([module]) => module).sort(), others[name] ?? []);
  });
}

test('a changed source is refused when the module no longer holds the text', async () => {
  await using folder = await folderWith({
    'module/a.go': 'package a // old\n',
    'go.mod': 'module m\n',
    'go.sum': '',
  });
  const source = join(folder.path, 'module');
  await folder.write('path/go', `#!/bin/sh\necho '{"Dir": "${source}"}'\n`);
  await chmod(join(folder.path, 'path', 'go'), 0o755);
  const before = process.env.PATH;
  process.env.PATH = `${join(folder.path, 'path')}${delimiter}${before}`;
  try {
    const module = { path: 'example.org/a', version: 'v1.0.0' };
    const change = (from: string) =>
      changeSource({ file: 'a.go', from, to: 'new' }, folder.path, module, folder.path);
    const made = await change('old');
    const copy = join(made.modFile, '..', 'module');
    assert.is(await readFile(join(copy, 'a.go'), 'utf8'), 'package a // new\n');
    assert.is(await readFile(made.modFile, 'utf8'), `module m\n\nreplace example.org/a => ${copy}\n`);
    await made.remove();
    const refused = await change('older').catch((error: Error) => error.message);
    assert.is(refused, 'example.org/a@v1.0.0/a.go does not hold older');
    assert.equal((await readdir(folder.path)).sort(), ['go.mod', 'go.sum', 'module', 'path']);
  } finally {
    process.env.PATH = before;
  }
});

test.run();
