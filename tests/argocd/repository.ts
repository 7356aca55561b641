import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  build,
  type Environment,
  findTargets,
  type KubernetesObject,
  parseYaml,
  readEnvironment,
  readRendered,
  type Target,
} from '@plumbline/validators';

/** The repository's root, absolute. */
export const root = join(import.meta.dirname, '..', '..');

/** One system in one environment. */
export type SystemTarget = Target & { readonly system: string };

const rendered = new Map<string, Promise<KubernetesObject[]>>();

/** The objects of a kustomization, rendered once a process. @throws Error when it does not render. */
export function render(folder: string): Promise<KubernetesObject[]> {
  let objects = rendered.get(folder);
  if (objects === undefined) {
    objects = build([process.env.KUSTOMIZE ?? 'kustomize', 'build'], root, folder).then((built) => {
      if (!built.ok) throw new Error(`${folder} does not render: ${built.message}`);
      return readRendered(built.stream, new Map()).map(({ object }) => object);
    });
    rendered.set(folder, objects);
  }
  return objects;
}

/** Every system in every environment. */
export async function systemTargets(): Promise<SystemTarget[]> {
  return (await findTargets(root)).filter((target): target is SystemTarget => target.system !== undefined);
}

/** Every environment, as its environment.yaml describes it. */
export async function environments(): Promise<Environment[]> {
  const names = new Set((await findTargets(root)).map(({ environment }) => environment));
  return Promise.all([...names].map((name) => readEnvironment(root, `overlays/${name}/environment.yaml`)));
}

/** True when each system that overlays/addresses.yaml names stands in each environment. */
export async function allSystemsStand(): Promise<boolean> {
  const { addresses } = parseYaml(await readFile(join(root, 'overlays/addresses.yaml'), 'utf8')) as {
    addresses: readonly { readonly system: string }[];
  };
  const wanted = new Set(addresses.map(({ system }) => system));
  const there = await systemTargets();
  const names = new Set(there.map(({ environment }) => environment));
  return [...names].every((environment) =>
    [...wanted].every((system) =>
      there.some((target) => target.environment === environment && target.system === system),
    ),
  );
}

/** Every file below a folder, as its path from the root. */
export async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(root.length + 1)
        .replaceAll('\\', '/'),
    )
    .sort();
}

/** Every folder below argocd that `kubectl apply -k` takes: components are no such folder. */
export async function argocdKustomizations(): Promise<string[]> {
  const folders: string[] = [];
  for (const file of await filesBelow('argocd')) {
    if (!file.endsWith('/kustomization.yaml')) continue;
    const { kind } = parseYaml(await readFile(join(root, file), 'utf8')) as { kind?: string };
    if (kind !== 'Component') folders.push(file.slice(0, -'/kustomization.yaml'.length));
  }
  return folders;
}

/** The one object of a kind and name. @throws Error when there is none. */
export function named<T extends KubernetesObject>(objects: readonly T[], kind: string, name: string): T {
  const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
  if (found === undefined) throw new Error(`there is no ${kind} ${name}`);
  return found;
}

/** The API group of an object; empty for the core group. */
export function groupOf({ apiVersion }: KubernetesObject): string {
  return apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
}
