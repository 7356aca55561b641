import { join } from 'node:path';
import {
  build,
  didYouMean,
  type Environment,
  findTargets,
  type KubernetesObject,
  readEnvironment,
  readRendered,
  UsageError,
} from '@plumbline/validators';

/** One system of an environment, as its overlay renders it. */
export interface System {
  readonly name: string;
  /** The overlay's folder relative to the root. */
  readonly folder: string;
  readonly namespaces: readonly string[];
  readonly objects: readonly KubernetesObject[];
}

/** What a person named: an environment, and all of its systems or some. */
export interface Choice {
  readonly environment: Environment;
  /** True when no system was named: the environment as a whole. */
  readonly whole: boolean;
  readonly systems: readonly System[];
  /** What `kubectl apply -k` takes: the environment's own folder, or one a system. */
  readonly folders: readonly string[];
}

/**
 * Reads the environment and the systems that the words name, and renders them.
 * @throws UsageError when a word names none, or an overlay does not render.
 */
export async function choose(root: string, words: readonly string[], usage: string): Promise<Choice> {
  const targets = await findTargets(root);
  const environments = [...new Set(targets.map((target) => target.environment))];
  const [environmentName, ...systemNames] = words;
  if (environmentName === undefined) {
    throw new UsageError(`Which environment? ${usage}\nEnvironments: ${environments.join(', ')}`);
  }
  if (!environments.includes(environmentName)) {
    throw new UsageError(
      `"${environmentName}" is no environment${didYouMean(environmentName, environments)}; there are ${environments.join(', ')}`,
    );
  }
  const there = targets.filter(({ environment }) => environment === environmentName);
  const known = there.flatMap(({ system }) => system ?? []);
  for (const name of systemNames) {
    if (!known.includes(name)) {
      throw new UsageError(
        `"${name}" is no system of ${environmentName}${didYouMean(name, known)}; there are ${known.join(', ')}`,
      );
    }
  }
  const whole = systemNames.length === 0;
  const chosen = whole ? known : known.filter((name) => systemNames.includes(name));
  const environment = await readEnvironment(root, `overlays/${environmentName}/environment.yaml`);
  const systems = await Promise.all(chosen.map((name) => renderSystem(root, environmentName, name)));
  const folders = whole ? [`overlays/${environmentName}`] : systems.map(({ folder }) => folder);
  return { environment, whole, systems, folders };
}

async function renderSystem(root: string, environment: string, name: string): Promise<System> {
  const folder = `overlays/${environment}/${name}`;
  const objects = await renderFolder(root, folder);
  const namespaces = new Set(objects.flatMap(({ metadata }) => metadata.namespace ?? []));
  for (const { kind, metadata } of objects) if (kind === 'Namespace') namespaces.add(metadata.name);
  return { name, folder, namespaces: [...namespaces], objects };
}

/** The objects that a folder renders to, by the kustomize inside kubectl. @throws UsageError with its message. */
export async function renderFolder(root: string, folder: string): Promise<KubernetesObject[]> {
  const built = await build(['kubectl', 'kustomize'], root, join(folder));
  if (!built.ok) throw new UsageError(`${folder} does not render: ${built.message}`);
  return readRendered(built.stream, new Map()).map(({ object }) => object);
}

/** The objects of each namespace. */
export function inNamespaces(
  systems: readonly System[],
): { readonly namespace: string; readonly objects: readonly KubernetesObject[] }[] {
  return systems.flatMap(({ namespaces, objects }) =>
    namespaces.map((namespace) => ({
      namespace,
      objects: objects.filter(({ metadata }) => metadata.namespace === namespace),
    })),
  );
}
