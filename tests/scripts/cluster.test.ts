import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '@plumbline/validators';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pinOf } from '../../cluster/binaries/digest.ts';
import { type GoTool, goTools } from '../../cluster/binaries/go-tools.ts';
import { portsOfKindConfig } from '../../cluster/index.ts';

const root = join(import.meta.dirname, '..', '..');
const pins = join(root, 'tools', 'cluster');

const script = (...args: string[]) =>
  run(process.execPath, ['--disable-warning=ExperimentalWarning', 'scripts/cluster.ts', ...args], {
    cwd: root,
    env: { PLUMBLINE_CLUSTERS: join(tmpdir(), 'plumbline-no-clusters') },
    deadline: 60_000,
  });

test('every folder of tools/cluster is a tool that pins its module, with go.sum', async () => {
  assert.equal((await readdir(pins)).sort(), Object.keys(goTools).sort());
  for (const [name, tool] of Object.entries(goTools) as [string, GoTool][]) {
    assert.is(tool.name, name);
    const { version } = await pinOf(tool, join(pins, name), 'go1.26');
    assert.match(version, /^v\d+\.\d+\.\d+/);
    assert.ok((await readFile(join(pins, name, 'go.sum'), 'utf8')).includes(`${tool.module} ${version} h1:`));
  }
});

test('every staging module of Kubernetes is of the same release', async () => {
  const text = await readFile(join(pins, 'kubernetes', 'go.mod'), 'utf8');
  const replaced = [...text.matchAll(/^replace (k8s\.io\/\S+) => (\S+) (\S+)$/gm)];
  assert.ok(replaced.length > 30);
  for (const [, from, to, version] of replaced) assert.equal([to, version], [from, 'v0.35.4']);
});

test('what is built is kept by what it is built from', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-pins-'));
  try {
    await cp(join(pins, 'coredns'), folder, { recursive: true });
    const digest = async (goVersion: string) => (await pinOf(goTools.coredns, folder, goVersion)).digest;
    const before = await digest('go1.26.1');
    assert.is(await digest('go1.26.1'), before);
    assert.is.not(await digest('go1.26.2'), before);
    for (const name of ['go.mod', 'go.sum', 'main.go']) {
      const file = join(folder, name);
      const text = await readFile(file, 'utf8');
      await writeFile(file, `${text}\n`);
      assert.is.not(await digest('go1.26.1'), before, name);
      await writeFile(file, text);
    }
    await writeFile(join(folder, 'go.mod'), 'module m\n');
    const refused = await digest('go1.26.1').catch((error: Error) => error.message);
    assert.match(refused, /go\.mod does not require github\.com\/coredns\/coredns: run go mod tidy/);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("the ports are those that kind's configuration maps", async () => {
  const ports = portsOfKindConfig(await readFile(join(root, 'overlays/kind/cluster.yaml'), 'utf8'));
  assert.ok(ports.some(({ host, node }) => host === 9080 && node === 30080));
  assert.equal(portsOfKindConfig('kind: Cluster'), []);
});

test('help says what there is; a word that is none is refused', async () => {
  const help = await script('--help');
  assert.is(help.status, 0);
  assert.match(help.stdout.toString(), /up\|stop\|down\|status\|env/);
  const wrong = await script('sideways');
  assert.is(wrong.status, 2);
  assert.match(wrong.stderr, /up\|stop\|down/);
  const many = await script('up', '--empty-nodes', 'many');
  assert.is(many.status, 2);
  assert.match(many.stderr, /a number from 0 to 100, not "many"/);
});

test('a dry run starts nothing', async () => {
  const { status, stdout, stderr } = await script('up', '--dry-run');
  assert.is(status, 0, stderr);
  assert.match(stdout.toString(), /would start the cluster "plumbline"|Make the kind cluster/);
});

test.run();
