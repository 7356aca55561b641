import { join } from 'node:path/posix';
import { newReads, type Reads, readKustomization, textOf } from '../render/inputs.ts';
import { type KubernetesObject, splitDocuments } from '../render/objects.ts';
import { parseYaml } from '../render/yaml.ts';
import { remember } from '../text/remember.ts';

/** What a step of a build does. */
export type Action =
  | 'resource'
  | 'generator'
  | 'patch'
  | 'namespace'
  | 'prefix'
  | 'suffix'
  | 'labels'
  | 'annotations'
  | 'replicas'
  | 'image'
  | 'replacement';

/** One thing that a kustomization does. */
export interface Step {
  readonly action: Action;
  /** The kustomization's file, relative to the root. */
  readonly file: string;
  /** Where it stands there, as `patches[2]`. */
  readonly field: string;
  /** What stands there. */
  readonly entry: unknown;
  /** The number of the first step whose objects it reaches; it reaches none of a step after its own. */
  readonly from: number;
  /** True for one of a `kind: Component`, which several kustomizations may share. */
  readonly component: boolean;
}

/** A kustomization and all that it refers to, as the steps of its build in the order in which kustomize takes them. */
export interface Tree {
  readonly root: string;
  /** The folder, relative to the root. */
  readonly folder: string;
  readonly steps: readonly Step[];
  readonly text: (file: string) => string | undefined;
  /** True when some objects come from elsewhere: a remote base, a chart, a plugin. */
  readonly remote: boolean;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/**
 * Fields of a Kustomization that change what is there, in the order of the build.
 * Source: sigs.k8s.io/kustomize, `api/internal/target/kusttarget_configplugin.go` and `kusttarget.go`.
 */
const changes: readonly (readonly [field: string, action: Action])[] = [
  ['patchesStrategicMerge', 'patch'],
  ['patches', 'patch'],
  ['namespace', 'namespace'],
  ['namePrefix', 'prefix'],
  ['nameSuffix', 'suffix'],
  ['commonLabels', 'labels'],
  ['labels', 'labels'],
  ['commonAnnotations', 'annotations'],
  ['patchesJson6902', 'patch'],
  ['replicas', 'replicas'],
  ['images', 'image'],
  ['replacements', 'replacement'],
];

/** Trees by what was read for them, and their folders. */
const known = new WeakMap<Reads, Map<string, Tree>>();

/** Reads the tree of a kustomization. @param reads what the run read already, of this root. */
export function readTree(root: string, folder: string, reads: Reads = newReads()): Tree {
  const trees = known.get(reads) ?? new Map<string, Tree>();
  known.set(reads, trees);
  const tree = trees.get(folder) ?? walkTree(root, folder, reads);
  trees.set(folder, tree);
  return tree;
}

function walkTree(root: string, folder: string, reads: Reads): Tree {
  const steps: Step[] = [];
  let remote = false;
  const walking = new Set<string>();

  function walk(directory: string, from: number): void {
    const kustomization = readKustomization(root, directory, reads);
    // One that leads back to itself does not build, which the build says.
    if (kustomization === undefined || walking.has(directory)) return;
    walking.add(directory);
    const { fields } = kustomization;
    const [file] = kustomization.files;
    const component = fields.kind === 'Component';
    const add = (action: Action, field: string, entry: unknown) =>
      steps.push({ action, file, field, entry, from, component });
    if (['helmCharts', 'generators', 'transformers'].some((field) => list(fields[field]).length > 0))
      remote = true;
    for (const field of ['resources', 'bases']) {
      for (const [index, entry] of list(fields[field]).entries()) {
        if (typeof entry !== 'string') continue;
        const path = join(directory, entry);
        if (readKustomization(root, path, reads) !== undefined) walk(path, steps.length);
        else if (textOf(root, path, reads) !== undefined) add('resource', `${field}[${index}]`, path);
        else remote = true;
      }
    }
    for (const entry of list(fields.components)) {
      if (typeof entry === 'string') walk(join(directory, entry), from);
    }
    for (const field of ['configMapGenerator', 'secretGenerator']) {
      for (const [index, entry] of list(fields[field]).entries())
        add('generator', `${field}[${index}]`, entry);
    }
    for (const [field, action] of changes) {
      const value = fields[field];
      if (value === undefined || value === null) continue;
      if (Array.isArray(value)) {
        for (const [index, entry] of value.entries()) add(action, `${field}[${index}]`, entry);
      } else add(action, field, value);
    }
    walking.delete(directory);
  }

  walk(folder, 0);
  return { root, folder, steps, remote, text: (file) => textOf(root, file, reads) };
}

/** The steps that reach what a step of the tree brings, in their order. */
export function* reaching({ steps }: Tree, origin: number): Iterable<Step> {
  for (const [index, step] of steps.entries()) {
    if (index > origin && step.from <= origin) yield step;
  }
}

/** A file of so many characters is one target's own. */
const large = 100_000;

/** The objects that a file of resources describes; none where it is no YAML, which the build says. */
export const describedIn: (text: string) => readonly KubernetesObject[] = remember(
  readDescribed,
  (text) => (text.length < large ? text : undefined),
  2000,
);

function readDescribed(text: string): KubernetesObject[] {
  return splitDocuments(text).flatMap((document) => {
    try {
      const value = parseYaml(document) as KubernetesObject | null;
      const items = (value as { readonly items?: unknown } | null)?.items;
      const all = value?.kind?.endsWith('List') && Array.isArray(items) ? items : [value];
      return all.filter((one) => typeof one?.kind === 'string' && typeof one.metadata?.name === 'string');
    } catch {
      return [];
    }
  });
}
