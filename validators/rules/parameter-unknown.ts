import { isUnclosed, namesIn, type Reference, referencesIn } from '../gitops/expressions.ts';
import type { GeneratorSpec } from '../gitops/generators.ts';
import { type Offer, offerOf, ofPaths } from '../gitops/parameters.ts';
import type { KubernetesObject } from '../render/objects.ts';
import { didYouMean, editDistance, nearest } from '../text/nearest.ts';
import type { Context, Problem, Rule } from './rule.ts';

interface SetSpec {
  readonly goTemplate?: boolean;
  readonly goTemplateOptions?: readonly string[];
  readonly generators?: readonly GeneratorSpec[];
  readonly template?: unknown;
}

/** Every text below a value, with its path. */
function* textsIn(value: unknown, path: string): Iterable<{ readonly path: string; readonly text: string }> {
  if (typeof value === 'string') yield { path, text: value };
  else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* textsIn(item, `${path}[${index}]`);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value))
      yield* textsIn(item, /^[\w-]+$/.test(key) ? `${path}.${key}` : `${path}["${key}"]`);
  }
}

/** What is wrong with a name; undefined for one that the generators give, or may give. */
function wrong({ steps, written }: Reference, offer: Offer): string | undefined {
  const [first = '', second, third] = steps;
  const { names, labels, values } = offer;
  if (names === undefined) return undefined;
  if (!names.has(first))
    return `the generators give no ${written}${hint(first, names, (name) => written.replace(first, name))}`;
  if (second === undefined || /^\d+$/.test(second)) return undefined;
  const of = (known: readonly string[], unknown: string) =>
    known.includes(unknown)
      ? undefined
      : `${steps[0]} has no ${unknown}${hint(unknown, known, (name) => written.replace(unknown, name))}`;
  if (first === 'path') return of(ofPaths, second);
  if (first === 'values' && values.size > 0) return of([...values], second);
  if (first !== 'metadata') return undefined;
  if (third === undefined || second !== 'labels') return of(['labels', 'annotations'], second);
  // A cluster may have labels that no selector asks for; one that is nearly one of these was meant to be it.
  const meant = labels.has(third) ? undefined : [...labels].find((one) => editDistance(one, third) <= 2);
  return meant === undefined
    ? undefined
    : `no cluster is chosen by a label ${third} (did you mean "${meant}"?)`;
}

function hint(word: string, known: Iterable<string>, whole: (name: string) => string): string {
  const meant = nearest(word, known);
  return meant === undefined ? didYouMean(word, known) : ` (did you mean "${whole(meant)}"?)`;
}

/** The names that the files of the repository give a set's template, where they were read. */
export function foundNames({ deliveries }: Context, object: KubernetesObject): readonly string[] | undefined {
  return deliveries?.parameters.find(
    ({ object: { metadata } }) =>
      metadata.name === object.metadata.name && metadata.namespace === object.metadata.namespace,
  )?.names;
}

function* inSet(context: Context, object: KubernetesObject): Iterable<Problem> {
  const { goTemplate, goTemplateOptions = [], generators = [], template } = (object.spec ?? {}) as SetSpec;
  const offer = offerOf(generators, foundNames(context, object));
  const strict = goTemplateOptions.includes('missingkey=error');
  const effect = strict
    ? 'the set would make no Application at all'
    : 'it would stand there as <no value>, or as it is written';
  for (const { path, text } of [
    ...textsIn(template, 'spec.template'),
    ...textsIn(generators, 'spec.generators'),
  ]) {
    if (!text.includes('{{')) continue;
    if (goTemplate !== true) {
      for (const reference of namesIn(text)) {
        const { written } = reference;
        const what = /^(?:\.|index\s)/.test(written)
          ? `{{ ${written} }} is a Go template, and goTemplate is not true`
          : /^[\w.[\]/-]+$/.test(written)
            ? wrong(reference, offer)
            : undefined;
        if (what !== undefined)
          yield { object, path, message: `${what}: it would stand there as it is written` };
      }
      continue;
    }
    if (isUnclosed(text)) {
      yield { object, path, message: `"${text}" begins an expression that it does not end: ${effect}` };
      continue;
    }
    for (const reference of referencesIn(text)) {
      const what = wrong(reference, offer);
      if (what === undefined) continue;
      // An index of a map gives nothing where it has no such key, whatever the options say.
      const isIndex = reference.written.startsWith('index ');
      yield {
        object,
        path,
        message: `${what}: ${isIndex ? 'it gives an empty text, and no error, also with missingkey=error' : effect}`,
      };
    }
  }
}

/** The template of an ApplicationSet takes what its generators do not give. */
export const parameterUnknown: Rule = {
  id: 'parameter-unknown',
  severity: 'error',
  family: 'gitops',
  title: 'the template of an ApplicationSet takes what its generators do not give',
  *check(context) {
    for (const object of context.model.all('argoproj.io', 'ApplicationSet')) yield* inSet(context, object);
  },
};
