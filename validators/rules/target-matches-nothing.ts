import { type Origin, origins } from '../kustomization/origin.ts';
import { type Selected, type Selector, selects } from '../kustomization/select.ts';
import type { Step, Tree } from '../kustomization/tree.ts';
import { groupOf } from '../model/model.ts';
import type { KubernetesObject } from '../render/objects.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Problem, Rule } from './rule.ts';

/** An object as it was rendered. */
function rendered(object: KubernetesObject): Selected {
  const { name, namespace = 'default', labels = {}, annotations = {} } = object.metadata;
  return {
    group: groupOf(object),
    kinds: [object.kind],
    names: [name],
    namespaces: [namespace],
    labels,
    annotations,
  };
}

/** An object as the tree's own files describe it, by all names and namespaces that it has on the way. */
function described({ kind, object, names, namespaces }: Origin): Selected {
  const { labels = {}, annotations = {} } = object?.metadata ?? {};
  return {
    group: object === undefined ? '' : groupOf(object),
    kinds: [kind],
    names,
    namespaces: [...namespaces, 'default'],
    labels,
    annotations,
  };
}

/** What one step may meet: what the tree brings before it, and what the render has. */
interface Met {
  readonly rendered: readonly Selected[];
  readonly before: () => readonly Origin[];
}

const plain = /^[\w.-]+$/;

/** A selector in words: `Deployment api`. */
function inWords({ kind, name, namespace, labelSelector }: Selector): string {
  const words = [kind ?? 'an object', ...(name === undefined ? [] : [name])];
  if (namespace !== undefined) words.push(`of namespace ${namespace}`);
  if (labelSelector !== undefined) words.push(`with ${labelSelector}`);
  return words.join(' ');
}

/**
 * What is wrong with a selector that meets nothing; undefined for one that meets something.
 *
 * A component is shared, and need not find in every kustomization what it is for: there, only a name that is nearly one
 * of those that there are is a mistake. A selector without a name may be meant for what comes one day.
 */
function wrongSelector(
  selector: Selector,
  { component }: Step,
  met: Met,
): Pick<Problem, 'message' | 'severity'> | undefined {
  if (met.rendered.some((object) => selects(selector, object))) return undefined;
  const before = met.before();
  if (before.some((origin) => selects(selector, described(origin)))) return undefined;
  const { name } = selector;
  const named = name !== undefined && plain.test(name);
  const meant = named ? meantBy(selector, before) : '';
  if (component && meant === '') return undefined;
  return {
    message: `is for ${inWords(selector)}, and there is no such object${meant}: kustomize leaves it out without a word`,
    severity: named ? 'error' : 'warning',
  };
}

/** The nearest name among objects of the kind, or the nearest kind among objects of the name. */
function meantBy({ kind, name = '' }: Selector, before: readonly Origin[]): string {
  const called = before.filter((origin) => selects({ name }, described(origin)));
  if (kind !== undefined && called.length > 0) {
    const kinds = new Set(called.map((origin) => origin.kind));
    return kinds.has(kind) ? '' : didYouMean(kind, kinds);
  }
  const alike = before.filter((origin) => kind === undefined || selects({ kind }, described(origin)));
  return didYouMean(name, new Set(alike.flatMap(({ names }) => names)));
}

/** The repository of an image, without its tag and digest. */
function repositoryOf(image: string): string {
  return image.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
}

/** Every image that objects run, wherever their kind keeps it. */
function imagesOf(objects: readonly unknown[]): Set<string> {
  const found = new Set<string>();
  const visit = (value: unknown, key: string): void => {
    if (typeof value === 'string') {
      if (key === 'image') found.add(repositoryOf(value));
    } else if (Array.isArray(value)) for (const item of value) visit(item, '');
    else if (typeof value === 'object' && value !== null) {
      for (const [name, item] of Object.entries(value)) visit(item, name);
    }
  };
  for (const object of objects) visit(object, '');
  return found;
}

interface Image {
  readonly name?: string;
  readonly newName?: string;
}

function wrongImage(
  { name = '', newName = name }: Image,
  { component }: Step,
  run: ReadonlySet<string>,
  met: Met,
): Pick<Problem, 'message' | 'severity'> | undefined {
  if (name === '' || run.has(newName) || run.has(name)) return undefined;
  const before = imagesOf(met.before().map(({ object }) => object));
  if (before.has(name)) return undefined;
  const meant = didYouMean(name, before);
  if (component && meant === '') return undefined;
  return {
    message: `is for image ${name}, and nothing runs it${meant}: kustomize leaves it out without a word`,
    severity: meant === '' ? 'warning' : 'error',
  };
}

interface Entry extends Image {
  readonly target?: Selector;
  readonly targets?: readonly { readonly select?: Selector }[];
}

function* inTree(
  tree: Tree,
  objects: readonly KubernetesObject[],
): Iterable<Problem & { readonly step: Step }> {
  const seen = objects.map(rendered);
  let all: readonly Origin[] | undefined;
  const run = imagesOf(objects);
  for (const [index, step] of tree.steps.entries()) {
    const entry = (step.entry ?? {}) as Entry;
    const met: Met = {
      rendered: seen,
      before: () => {
        all ??= origins(tree);
        return all.filter((origin) => origin.step >= step.from && origin.step < index);
      },
    };
    const wrong = (path: string, found: Pick<Problem, 'message' | 'severity'> | undefined) =>
      found === undefined ? [] : [{ step, path, ...found, message: `${step.field} ${found.message}` }];
    if (step.action === 'patch' && entry.target)
      yield* wrong(`${step.field}.target`, wrongSelector(entry.target, step, met));
    if (step.action === 'image') yield* wrong(`${step.field}.name`, wrongImage(entry, step, run, met));
    if (step.action !== 'replacement') continue;
    for (const [position, { select }] of (entry.targets ?? []).entries()) {
      if (select) yield* wrong(`${step.field}.targets[${position}].select`, wrongSelector(select, step, met));
    }
  }
}

/** A patch, a replacement or an image of a kustomization is for something that is not there. */
export const targetMatchesNothing: Rule = {
  id: 'target-matches-nothing',
  severity: 'error',
  family: 'gitops',
  title: 'a patch, a replacement or an image entry is for something that is not there',
  needsKustomization: true,
  *check({ model, kustomization }) {
    // What a remote base, a chart or a plugin brings is seen in the render alone, under its last name.
    if (kustomization === undefined || kustomization.remote) return;
    for (const { step, ...problem } of inTree(kustomization, model.objects))
      yield { ...problem, source: { file: step.file } };
  },
};
