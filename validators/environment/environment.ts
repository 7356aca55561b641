import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { parseYaml } from '../render/yaml.ts';
import { parseQuantity } from '../room/quantity.ts';
import { UsageError } from '../usage-error.ts';

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

const schemaFile = join(import.meta.dirname, 'environment.schema.json');

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
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${path}: ${reason}`);
  }
  const schema = JSON.parse(await readFile(schemaFile, 'utf8')) as object;
  const validate = new Ajv({ allErrors: true }).compile(schema);
  if (!validate(content)) {
    const mistakes = (validate.errors ?? []).map(({ instancePath, message, params }) => {
      const extra = 'additionalProperty' in params ? ` (${String(params.additionalProperty)})` : '';
      return `  ${instancePath.slice(1).replaceAll('/', '.') || 'the document'} ${message}${extra}`;
    });
    throw new UsageError(`${path} does not describe an environment:\n${mistakes.join('\n')}`);
  }
  const { metadata, spec } = content as { metadata: { name: string }; spec: Omit<Environment, 'name'> };
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
