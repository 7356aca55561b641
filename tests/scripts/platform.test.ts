import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { podManifest } from '../../deploy/debug/pod.ts';
import { readImages } from '../../facts/index.ts';
import {
  build,
  findTargets,
  readEnvironment,
  readRendered,
  run,
  schemaLocation,
} from '../../validators/index.ts';

const root = join(import.meta.dirname, '..', '..');
const kubeconform = process.env.KUBECONFORM;
const folders = ['argocd/platform/laptop/metrics-server', 'argocd/platform/laptop/traefik'];

async function render(folder: string): Promise<string> {
  const command =
    process.env.KUSTOMIZE === undefined ? ['kubectl', 'kustomize'] : [process.env.KUSTOMIZE, 'build'];
  const built = await build(command, root, folder);
  if (!built.ok) throw new Error(built.message);
  return built.stream;
}

async function validate(text: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-objects-'));
  try {
    await writeFile(join(folder, 'objects.yaml'), text);
    const args = ['-strict', '-summary', '-schema-location', schemaLocation(), join(folder, 'objects.yaml')];
    const { status, stdout } = await run(kubeconform ?? 'kubeconform', args, { deadline: 60_000 });
    assert.is(status, 0, stdout.toString());
    assert.match(stdout.toString(), 'Skipped: 0');
  } finally {
    await rm(folder, { recursive: true });
  }
}

test("the laptop's platform is valid, object by object", async () => {
  for (const folder of folders) await validate(await render(folder));
});

test("the laptop's platform runs images at the tags of base/images.yaml", async () => {
  const { published } = await readImages(root);
  for (const folder of folders) {
    const images = [...(await render(folder)).matchAll(/image: (\S+):(\S+)/g)];
    assert.is(images.length, 1);
    for (const [, name = '', tag = ''] of images) assert.ok(published[name]?.includes(tag), `${name}:${tag}`);
  }
});

test('every environment that wants its platform by manifest finds its ingress class and namespace there', async () => {
  const objects = readRendered(await render(folders[1] ?? ''), new Map()).map(({ object }) => object);
  const named = (kind: string) =>
    objects.filter((object) => object.kind === kind).map(({ metadata }) => metadata.name);
  const environments = new Set((await findTargets(root)).map(({ environment }) => environment));
  for (const name of environments) {
    const environment = await readEnvironment(root, `overlays/${name}/environment.yaml`);
    if (!environment.platform.some(({ by }) => by === 'manifest')) continue;
    assert.equal(environment.ingressClasses, named('IngressClass'), name);
    assert.equal([environment.peers.ingress?.namespace], named('Namespace'), name);
  }
});

test('the debug pod is valid, and what Pod Security restricted asks for', async () => {
  const pod = podManifest('preempt', 'plumbline-debug:latest', 'Never');
  await validate(JSON.stringify(pod));
  const { spec } = pod;
  assert.is(spec.securityContext.runAsNonRoot, true);
  assert.is(spec.securityContext.seccompProfile.type, 'RuntimeDefault');
  for (const { securityContext, resources } of spec.containers) {
    assert.is(securityContext.allowPrivilegeEscalation, false);
    assert.equal(securityContext.capabilities.drop, ['ALL']);
    assert.ok(resources.requests.cpu && resources.limits.memory, 'a quota refuses a pod without them');
  }
});

test('laptops let the debug pod through the policies, and production does not', async () => {
  for (const { environment, system, folder, name } of await findTargets(root)) {
    if (system === undefined) continue;
    const lets = (await render(folder)).includes('plumbline.dev/debug: "true"');
    assert.is(lets, environment !== 'production', name);
  }
});

test.run();
