import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { parseYaml } from '../render/yaml.ts';
import { parseQuantity } from '../room/quantity.ts';
import { UsageError } from '../usage-error.ts';
import { mistakesOf } from './mistakes.ts';

/** An amount of requests, as quantities. */
export interface Amount {
  readonly cpu: string;
  readonly memory: string;
}

export interface StorageClass {
  readonly name: string;
  readonly default?: boolean;
  readonly accessModes: readonly string[];
}

export interface Peer {
  readonly namespace: string;
  readonly podLabels?: Readonly<Record<string, string>>;
}

/** What a cluster offers, as `overlays/<environment>/environment.yaml` declares it. */
export interface Environment {
  readonly name: string;
  readonly about: string;
  readonly contexts: readonly string[];
  readonly kubernetes: string;
  readonly nodes: readonly {
    readonly count: number;
    readonly cpu: string;
    readonly memory: string;
    readonly pods?: number;
    readonly labels?: Readonly<Record<string, string>>;
    readonly taints?: readonly { readonly key: string; readonly value?: string; readonly effect: string }[];
  }[];
  readonly budget?: {
    readonly system: Amount;
    readonly systems?: Readonly<Record<string, Amount>>;
    readonly all: Amount;
  };
  readonly storageClasses: readonly StorageClass[];
  readonly nodePorts: { readonly from: number; readonly to: number };
  readonly loadBalancers: boolean;
  readonly ingressClasses: readonly string[];
  readonly apis: readonly string[];
  readonly clusterObjects?: readonly string[];
  readonly platform: readonly {
    readonly name: string;
    readonly by: 'argocd' | 'minikube addon' | 'manifest';
  }[];
  readonly peers: { readonly dns: Peer; readonly ingress?: Peer; readonly monitoring?: Peer };
  readonly secrets: 'committed' | 'external';
}

/** What `environment.yaml` holds. */
interface EnvironmentFile {
  readonly metadata: { readonly name: string };
  readonly spec: Omit<Environment, 'name'>;
}

/**
 * Reads and checks an environment file.
 * @param path the file's path, as it is to be named in messages, relative to `root`.
 * @throws UsageError that lists every mistake with its field.
 */
export async function readEnvironment(root: string, path: string): Promise<Environment> {
  let content: unknown;
  try {
    content = parseYaml(await readFile(join(root, path), 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new UsageError(
        `${path} is not there: it says what the cluster offers; copy another environment's`,
      );
    }
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${path}: ${reason}`);
  }
  const mistakes = await mistakesOf(content);
  const { metadata, spec } = (content ?? {}) as Partial<EnvironmentFile>;
  const folder = basename(dirname(path));
  if (typeof metadata?.name === 'string' && metadata.name !== folder) {
    mistakes.push(`metadata.name is "${metadata.name}", and its folder is ${folder}: they must be the same`);
  }
  if (mistakes.length > 0 || metadata === undefined || spec === undefined) {
    throw new UsageError(
      `${path} does not describe an environment:\n${mistakes.map((mistake) => `  ${mistake}`).join('\n')}`,
    );
  }
  return { ...spec, name: metadata.name };
}

/** What an environment's nodes have together: cores, bytes of memory, nodes. */
export function capacity(environment: Environment): { cpu: number; memory: number; nodes: number } {
  let [cpu, memory, nodes] = [0, 0, 0];
  for (const set of environment.nodes) {
    cpu += set.count * parseQuantity(set.cpu);
    memory += set.count * parseQuantity(set.memory);
    nodes += set.count;
  }
  return { cpu, memory, nodes };
}

/** What one system, or all of them (system undefined), may ask for at most: the budget, else the nodes' capacity. */
export function allowance(
  environment: Environment,
  system: string | undefined,
): { cpu: number; memory: number } {
  const { budget } = environment;
  if (budget === undefined) return capacity(environment);
  const amount = system === undefined ? budget.all : (budget.systems?.[system] ?? budget.system);
  return { cpu: parseQuantity(amount.cpu), memory: parseQuantity(amount.memory) };
}
