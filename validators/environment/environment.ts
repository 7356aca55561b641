import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { noStore, type Store } from '../cache/store.ts';
import { type Mistake, mistakenFile } from '../mistaken-files.ts';
import { parseYaml } from '../render/yaml.ts';
import { parseQuantity } from '../room/quantity.ts';

/** The JSON schema of an environment file, documented field by field. */
export const schemaFile = join(import.meta.dirname, 'environment.schema.json');

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
  readonly nodePorts: { readonly from: number; readonly to: number; readonly mapped?: readonly number[] };
  readonly loadBalancers: boolean;
  readonly ingressClasses: readonly string[];
  readonly apis: readonly string[];
  readonly clusterObjects?: readonly string[];
  readonly platform: readonly {
    readonly name: string;
    readonly by: 'argocd' | 'minikube addon' | 'manifest';
  }[];
  readonly peers: {
    readonly dns: Peer;
    readonly ingress?: Peer;
    readonly monitoring?: Peer;
    readonly 'cloudnative-pg'?: Peer;
  };
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
 * @param store remembers which contents were right.
 * @throws MistakenFiles that lists every mistake with its line and field.
 */
export async function readEnvironment(
  root: string,
  path: string,
  store: Store = noStore,
  anyFolder = false,
): Promise<Environment> {
  let text: string;
  let content: unknown;
  try {
    text = await readFile(join(root, path), 'utf8');
    content = parseYaml(text);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      const message = "it is not there: it says what the cluster offers; copy another environment's";
      throw mistakenFile(path, 'environment', [{ message }]);
    }
    const { message, mark } = error as Error & { readonly mark?: { readonly line: number } };
    const line = mark === undefined ? {} : { line: mark.line + 1 };
    throw mistakenFile(path, 'environment', [{ ...line, message }]);
  }
  const mistakes = await rememberedMistakes(text, content, store);
  const { metadata, spec } = (content ?? {}) as Partial<EnvironmentFile>;
  const folder = basename(dirname(path));
  if (!anyFolder && typeof metadata?.name === 'string' && metadata.name !== folder) {
    const field = 'metadata.name';
    const { lineAt } = await import('../source/line-at.ts');
    mistakes.push({
      path: field,
      line: lineAt(text, field),
      message: `${field} is "${metadata.name}", and its folder is ${folder}: they must be the same`,
    });
  }
  if (mistakes.length > 0 || metadata === undefined || spec === undefined) {
    throw mistakenFile(path, 'environment', mistakes);
  }
  return { ...spec, name: metadata.name };
}

/** The mistakes of a content; the validator, which takes a while to load, is not asked again of what was right. */
async function rememberedMistakes(text: string, content: unknown, store: Store): Promise<Mistake[]> {
  const hash = createHash('sha256')
    .update('environment')
    .update(await readFile(schemaFile));
  const key = hash.update(text).digest('hex');
  if ((await store.get(key)) !== undefined) return [];
  const { mistakesOf } = await import('./mistakes.ts');
  const mistakes = await mistakesOf(content, text);
  if (mistakes.length === 0) await store.put(key, 'right');
  return mistakes;
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
