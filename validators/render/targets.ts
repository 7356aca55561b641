import { access, readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { didYouMean } from '../text/nearest.ts';
import { UsageError } from '../usage-error.ts';

/** One kustomization that a person or Argo CD applies. */
export interface Target {
  /** `kind` for a whole environment, `kind/preempt` for one system in it. */
  readonly name: string;
  /** The environment's name; empty for what is of none, as what Argo CD is told. */
  readonly environment: string;
  /** Undefined for the whole environment. */
  readonly system?: string;
  /** Path of the folder relative to the repository's root. */
  readonly folder: string;
}

/** The name of the folder of an environment that is a component, not a target. */
const profile = 'profile';

async function hasKustomization(folder: string): Promise<boolean> {
  const found = await Promise.all(
    ['kustomization.yaml', 'kustomization.yml', 'Kustomization'].map((name) =>
      access(join(folder, name)).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}

async function subfolders(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause) => {
    throw new UsageError(
      `there is no ${basename(folder)}/ in ${dirname(folder)}: targets are overlays/<environment> and overlays/<environment>/<system>`,
      { cause },
    );
  });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

/**
 * Every target of a repository: each environment under overlays/, then each system in it.
 * @throws UsageError when there is no overlays/.
 */
export async function findTargets(root: string): Promise<Target[]> {
  const overlays = join(root, 'overlays');
  const targets: Target[] = [];
  for (const environment of await subfolders(overlays)) {
    if (await hasKustomization(join(overlays, environment))) {
      targets.push({ name: environment, environment, folder: `overlays/${environment}` });
    }
    for (const system of await subfolders(join(overlays, environment))) {
      if (system === profile || !(await hasKustomization(join(overlays, environment, system)))) continue;
      const name = `${environment}/${system}`;
      targets.push({ name, environment, system, folder: `overlays/${name}` });
    }
  }
  return targets;
}

/** The folder of what Argo CD is told. */
export const gitOpsFolder = 'argocd';

/** Every kustomization below `argocd/` that a person applies: projects, ApplicationSets and the platform; none where there is no such folder. */
export async function findGitOps(root: string): Promise<Target[]> {
  const targets: Target[] = [];
  const walk = async (folder: string): Promise<void> => {
    const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => []);
    const file = entries.find(({ name }) => /^kustomization\.ya?ml$|^Kustomization$/.test(name));
    // A component is part of others.
    const text = file && (await readFile(join(root, folder, file.name), 'utf8'));
    if (text !== undefined && !/^kind:\s*Component\s*$/m.test(text))
      targets.push({ name: folder, environment: '', folder });
    for (const entry of entries
      .filter((one) => one.isDirectory())
      .map(({ name }) => name)
      .sort())
      await walk(`${folder}/${entry}`);
  };
  await walk(gitOpsFolder);
  return targets;
}

/**
 * The targets that a person's words name: environments, systems, or both; none means all.
 * `kind` alone is all of kind: the whole and each system in it.
 * @throws UsageError when a word is neither an environment nor a system, or no target fits all the words.
 */
export function selectTargets(targets: readonly Target[], words: readonly string[]): Target[] {
  const environments = new Set(targets.map((target) => target.environment));
  const systems = new Set(targets.flatMap((target) => target.system ?? []));
  for (const word of words) {
    if (!environments.has(word) && !systems.has(word)) {
      const known = [...environments, ...systems];
      throw new UsageError(
        `"${word}" is neither an environment nor a system${didYouMean(word, known)}; known are ${known.join(', ')}`,
      );
    }
  }
  const chosenEnvironments = words.filter((word) => environments.has(word));
  const chosenSystems = words.filter((word) => systems.has(word));
  const selected = targets.filter(
    (target) =>
      (chosenEnvironments.length === 0 || chosenEnvironments.includes(target.environment)) &&
      (chosenSystems.length === 0 || (target.system !== undefined && chosenSystems.includes(target.system))),
  );
  if (selected.length > 0) return selected;
  const [system] = chosenSystems;
  if (system === undefined)
    throw new UsageError('there is no target: no folder of overlays/ has a kustomization.yaml');
  const elsewhere = targets
    .filter((target) => target.system === system)
    .map(({ environment }) => environment);
  throw new UsageError(
    `no target is ${chosenSystems.join(' or ')} in ${chosenEnvironments.join(' or ')}; ${system} is in ${elsewhere.join(', ')}`,
  );
}
