import { access, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Cluster } from '../../deploy/cluster/cluster.ts';
import type { BuildableImage } from '../../deploy/images/built.ts';
import { contentOf } from '../../deploy/images/content.ts';
import type { Engine } from '../../deploy/images/engine.ts';
import { ignored } from '../../deploy/images/ignore.ts';
import { buildSteps, isOnNode, loadSteps } from '../../deploy/images/plan.ts';
import { printPlan } from '../../deploy/plan/print.ts';
import { readImages } from '../../facts/index.ts';
import { runScript } from './fixtures/fakes.ts';

const root = join(import.meta.dirname, '..', '..');
const image: BuildableImage = {
  name: 'shop',
  system: 'shop',
  context: '.',
  dockerfile: 'apps/Dockerfile',
  content: '0123456789ab',
};
const kind: Cluster = { context: 'kind-plumbline', host: { kind: 'kind', name: 'plumbline' } };
const minikube: Cluster = { context: 'minikube', host: { kind: 'minikube', profile: 'minikube' } };
const commands = (engine: Engine, cluster: Cluster) =>
  printPlan([...buildSteps(engine, [image]), ...loadSteps(engine, cluster, [image])])
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));

test('docker builds under both tags, and kind loads from its store', () => {
  assert.equal(commands('docker', kind), [
    "docker image inspect --format '{{.Id}}' docker.io/library/shop:0123456789ab",
    'docker build --file apps/Dockerfile --tag docker.io/library/shop:latest --tag docker.io/library/shop:0123456789ab .',
    'docker exec plumbline-control-plane crictl images --output json',
    'kind load docker-image --name plumbline shop:latest shop:0123456789ab',
  ]);
});

test('podman names the image as the kubelet looks for it, and hands it over as an archive', () => {
  assert.equal(commands('podman', kind).slice(-4), [
    'rm -f .cache/images/shop-0123456789ab.tar',
    'podman save --format docker-archive --output .cache/images/shop-0123456789ab.tar docker.io/library/shop:latest docker.io/library/shop:0123456789ab',
    'kind load image-archive --name plumbline .cache/images/shop-0123456789ab.tar',
    'rm -f .cache/images/shop-0123456789ab.tar',
  ]);
});

test('buildah writes an archive a tag, for its archives hold one name', () => {
  const lines = commands('buildah', minikube);
  assert.equal(
    lines.filter((line) => line.startsWith('buildah push') || line.includes('image load')),
    [
      'buildah push docker.io/library/shop:latest docker-archive:.cache/images/shop-latest.tar:docker.io/library/shop:latest',
      'minikube --profile minikube image load .cache/images/shop-latest.tar',
      'buildah push docker.io/library/shop:0123456789ab docker-archive:.cache/images/shop-0123456789ab.tar:docker.io/library/shop:0123456789ab',
      'minikube --profile minikube image load .cache/images/shop-0123456789ab.tar',
    ],
  );
});

test('a content that was built before is tagged, not built', () => {
  const [step] = buildSteps('docker', [image]);
  assert.ok(step?.kind === 'ask');
  assert.equal(step.leadsTo([{ status: 0, output: 'sha256:1\n' }]).commands[0]?.argv.slice(0, 2), [
    'docker',
    'tag',
  ]);
});

test('an image is on the node when latest is that content', () => {
  const node = (...repoTags: string[]) => ({
    status: 0,
    output: JSON.stringify({ images: [{ repoTags }, { repoTags: null }] }),
  });
  const [latest, content] = ['docker.io/library/shop:latest', 'docker.io/library/shop:0123456789ab'];
  assert.ok(isOnNode(node(latest, content), image));
  assert.not.ok(isOnNode(node(content), image), 'latest is an older content');
  assert.not.ok(isOnNode(node(latest), image));
  assert.not.ok(isOnNode({ status: 1, output: '' }, image));
  assert.ok(
    isOnNode({ status: 0, output: JSON.stringify([{ repoTags: [latest, content] }]) }, image),
    "minikube's list",
  );
});

test('an ignore file keeps out what its last matching pattern says', () => {
  const isOut = ignored('# what builds do not need\n**/*.test.ts\ndocs/\n*.md\n!README.md\n**/dist\n');
  assert.equal(
    [
      'a.test.ts',
      'x/y/b.test.ts',
      'docs/a/b.png',
      'NOTES.md',
      'README.md',
      'x/dist/z.js',
      'src/a.ts',
      'x/NOTES.md',
    ].filter(isOut),
    ['a.test.ts', 'x/y/b.test.ts', 'docs/a/b.png', 'NOTES.md', 'x/dist/z.js'],
  );
});

test('the content is that of the files which the build sees', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-content-'));
  try {
    await mkdir(join(folder, 'app', 'node_modules'), { recursive: true });
    await writeFile(join(folder, 'app', 'Dockerfile'), 'FROM scratch\n');
    await writeFile(join(folder, 'app', 'a.ts'), 'one');
    await writeFile(join(folder, 'app', '.dockerignore'), '*.md\n');
    const content = () => contentOf(folder, 'app', 'app/Dockerfile');
    const first = await content();
    assert.match(first, /^[0-9a-f]{12}$/);
    await writeFile(join(folder, 'app', 'notes.md'), 'ignored');
    await writeFile(join(folder, 'app', 'node_modules', 'x.js'), 'never');
    assert.is(await content(), first);
    await writeFile(join(folder, 'app', 'a.ts'), 'two');
    const second = await content();
    assert.is.not(second, first);
    await writeFile(join(folder, 'app', 'Dockerfile'), 'FROM busybox\n');
    assert.is.not(await content(), second);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('the Spark image sees what its Dockerfile copies, and no change elsewhere makes it anew', async () => {
  const file = 'apps/big-data/spark/Dockerfile';
  const isOut = ignored(await readFile(join(root, `${file}.dockerignore`), 'utf8'));
  const copied = [...(await readFile(join(root, file), 'utf8')).matchAll(/^COPY ([^-]\S*) /gm)];
  assert.is(copied.length, 4);
  for (const [, path = ''] of copied) {
    await access(join(root, path));
    assert.not.ok(isOut(path), path);
  }
  for (const path of [
    'README.md',
    'apps/lambda/package.json',
    'trial/downloads/jars.ts',
    'node_modules/a.js',
  ])
    assert.ok(isOut(path), path);
});

test("the debug image takes its tools from the images that base/images.yaml pins, and Debian's of one day", async () => {
  const { published } = await readImages(root);
  const dockerfile = await readFile(join(root, 'apps/debug/Dockerfile'), 'utf8');
  const sources = [...dockerfile.matchAll(/^FROM (\S+?):(\S+) AS/gm)];
  assert.is(sources.length, 2);
  for (const [, name = '', tag = ''] of sources)
    assert.ok(published[name]?.includes(tag), `${name}:${tag} is not pinned`);
  const day = /debian:bookworm-(\d{8})-slim@sha256:[0-9a-f]{64}/.exec(dockerfile)?.[1];
  assert.match(dockerfile, new RegExp(`DEBIAN_SNAPSHOT=${day}T`));
});

test('an image without a Dockerfile is named before anything is touched', async () => {
  const { built } = await readImages(root);
  const unbuilt = Object.entries(built).find(([, { system }]) => system === 'preempt');
  if (unbuilt === undefined) return;
  const [name, { dockerfile }] = unbuilt;
  const isThere = await readFile(join(root, dockerfile)).then(
    () => true,
    () => false,
  );
  if (isThere) return;
  const { status, stderr, calls } = await runScript('deploy', ['kind', 'preempt']);
  assert.is(status, 2);
  assert.match(stderr, `${name}: ${dockerfile} is not in the repository`);
  assert.match(stderr, '--without-images');
  assert.not.ok(calls.some((call) => call.startsWith('kubectl apply') || call.startsWith('kind create')));
  const dry = await runScript('deploy', ['kind', 'preempt', '--dry-run']);
  assert.is(dry.status, 0);
  assert.match(dry.stderr, `${name}: ${dockerfile} is not in the repository`);
  assert.match(dry.stdout, 'kubectl --context kind-plumbline apply --kustomize overlays/kind/preempt');
});

test("production's cluster, and one of another host, are no place to load a laptop's images into", async () => {
  for (const [context, reason] of [
    ['production', /production is a context of production/],
    ['somewhere', /somewhere is no kind cluster that images can be loaded into/],
  ] as const) {
    const { status, stderr } = await runScript('images', ['debug', '--load', 'kind', '--context', context]);
    assert.is(status, 2);
    assert.match(stderr, reason);
  }
});

test('where nothing builds, each engine says why', async () => {
  const rules = [{ match: '^docker info', status: 1, stderr: 'Cannot connect to the Docker daemon\n' }];
  const { status, stderr } = await runScript('images', ['debug'], { rules });
  assert.is(status, 2);
  assert.match(stderr, 'docker: Cannot connect to the Docker daemon');
  assert.match(stderr, 'podman: not on PATH');
});

test('images builds by the first engine that works', async () => {
  const rules = [
    { match: '^docker info', status: 1 },
    { match: '^podman image inspect', status: 1 },
  ];
  const { status, calls } = await runScript('images', ['debug'], { rules, commands: ['docker', 'podman'] });
  assert.is(status, 0);
  assert.match(
    calls.at(-1) ?? '',
    /^podman build --file apps\/debug\/Dockerfile --tag docker\.io\/library\/plumbline-debug:latest/,
  );
});

test.run();
