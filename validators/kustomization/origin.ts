import { groupOf } from '../model/model.ts';
import { oncePer } from '../once-per.ts';
import type { KubernetesObject } from '../render/objects.ts';
import { describedIn, type Step, type Tree } from './tree.ts';

/** Where an object of a build comes from, and what it was called on the way. */
export interface Origin {
  /** Its kind there: a patch may change it. */
  readonly kind: string;
  /** The number of the step that brings it. */
  readonly step: number;
  /** The number of the document in the step's file, for a resource. */
  readonly document: number;
  /** As it is described there; undefined for a generated one. */
  readonly object: KubernetesObject | undefined;
  /** Its name at each stage, its last one included. */
  readonly names: readonly string[];
  /** The namespaces that it had. */
  readonly namespaces: readonly string[];
}

/** What a generator is told. */
export interface Generator {
  readonly name?: string;
  readonly namespace?: string;
  readonly behavior?: string;
  readonly files?: readonly string[];
  readonly literals?: readonly string[];
  readonly envs?: readonly string[];
  readonly env?: string;
}

/** Kinds that no prefix or suffix renames. Source: sigs.k8s.io/kustomize, `api/internal/builtins/PrefixTransformer.go`. */
const keepTheirNames = new Set(['Namespace', 'CustomResourceDefinition', 'APIService']);

/** The steps that give names and namespaces, with their numbers. */
const namingSteps = oncePer(({ steps }: Tree) =>
  [...steps.entries()].filter(([, { action }]) => ['prefix', 'suffix', 'namespace'].includes(action)),
);

/** The names and namespaces that an object gets from the steps that reach it. */
function called(tree: Tree, step: number, kind: string, name: string, namespace: string | undefined) {
  const names = [name];
  const namespaces = namespace === undefined ? [] : [namespace];
  for (const [index, { action, entry, from }] of namingSteps(tree)) {
    if (index <= step || from > step) continue;
    const last = names.at(-1) ?? name;
    if (action === 'prefix' && !keepTheirNames.has(kind)) names.push(`${entry}${last}`);
    if (action === 'suffix' && !keepTheirNames.has(kind)) names.push(`${last}${entry}`);
    if (action === 'namespace') (kind === 'Namespace' ? names : namespaces).push(String(entry));
  }
  return { names, namespaces };
}

/** A generated name ends with ten letters and digits that its content decides. */
function isNamed(rendered: string, name: string, generated: boolean): boolean {
  if (rendered === name) return true;
  return (
    generated && rendered.startsWith(`${name}-`) && /^[a-z0-9]{10}$/.test(rendered.slice(name.length + 1))
  );
}

/** True for a name that has another one at its beginning or its end. */
function isPart(name: string, part: string): boolean {
  return part !== '' && (name.startsWith(`${part}-`) || name.endsWith(`-${part}`));
}

function generatedKind({ field }: Step): string {
  return field.startsWith('secretGenerator') ? 'Secret' : 'ConfigMap';
}

/** Every object that a tree's own files and generators bring, in the order of its steps. */
export const origins: (tree: Tree) => readonly Origin[] = oncePer((tree) =>
  tree.steps.flatMap((step, index): Origin[] => {
    if (step.action === 'generator') {
      const { name, namespace } = (step.entry ?? {}) as Generator;
      const kind = generatedKind(step);
      if (typeof name !== 'string') return [];
      return [
        { step: index, document: 0, object: undefined, kind, ...called(tree, index, kind, name, namespace) },
      ];
    }
    if (step.action !== 'resource') return [];
    return describedIn(tree.text(String(step.entry)) ?? '').map((object, document) => {
      const { kind, metadata } = object;
      return {
        step: index,
        document,
        object,
        kind,
        ...called(tree, index, kind, metadata.name, metadata.namespace),
      };
    });
  }),
);

/** Where a rendered object comes from; undefined for one that the tree's own files do not bring. */
export function originOf(all: readonly Origin[], object: KubernetesObject): Origin | undefined {
  const { name, namespace } = object.metadata;
  const named = all.filter((one) => isNamed(name, one.names.at(-1) ?? '', one.object === undefined));
  const there = named.filter(
    ({ namespaces }) => namespace === undefined || namespaces.length === 0 || namespaces.at(-1) === namespace,
  );
  const group = groupOf(object);
  const alike = (one: Origin) =>
    one.kind === object.kind && (one.object === undefined || groupOf(one.object) === group);
  const found = there.find(alike) ?? named.find(alike);
  if (found !== undefined) return found;
  // A replacement may have renamed it; and a patch may have made a StatefulSet of a Deployment: then the name alone tells.
  const renamed = all.filter(alike).find(({ names }) => isPart(name, names.at(-1) ?? ''));
  if (renamed !== undefined || group !== 'apps') return renamed;
  return there.find((one) => one.object !== undefined && groupOf(one.object) === group);
}
