import type { Environment, KubernetesObject } from '@plumbline/validators';

/** One defect, put into one target. */
export interface Mutant {
  /** What was done, as `Deployment/api spec...image: a -> b`. */
  readonly what: string;
  /** The target's objects with the defect. */
  readonly objects: readonly KubernetesObject[];
  /** Objects whose name in a finding says where the defect is: the changed one, or the other end. */
  readonly ends: readonly string[];
}

/** A kind of defect: every place of a target where it can be put. */
export interface Operator {
  readonly id: string;
  readonly family: string;
  /** The rules that may find it: one of them must. */
  readonly expects: readonly string[];
  readonly mutate: (objects: readonly KubernetesObject[], environment: Environment) => Iterable<Mutant>;
}

/** Plain data with string keys, as YAML gives it. */
export type Data = Record<string, unknown>;

/** How reports name an object. */
export function end(object: KubernetesObject): string {
  return `${object.kind}/${object.metadata.name}`;
}

/** A typing mistake: two letters in the middle swapped, or one left out where they are the same. */
export function typo(word: string): string {
  const at = Math.max(0, Math.floor(word.length / 2) - 1);
  const [a = '', b = ''] = [word[at], word[at + 1]];
  if (a !== b && /[a-z]/i.test(a) && /[a-z]/i.test(b)) return word.slice(0, at) + b + a + word.slice(at + 2);
  return `${word.slice(0, at)}x${word.slice(at)}`;
}

/** The place that a path leads to, with the way to change it; undefined when it is not there. */
export interface Place {
  readonly path: string;
  readonly value: unknown;
  readonly parent: Data | unknown[];
  readonly key: string | number;
}

/** Every place below a value whose path the pattern matches; `*` stands for any one step, and `[a.b]` for a key with dots. */
export function* places(root: unknown, pattern: string): Iterable<Place> {
  const steps = [...pattern.matchAll(/\[([^\]]+)\]|[^.[\]]+/g)].map(([whole, quoted]) => quoted ?? whole);
  function* walk(value: unknown, index: number, path: string): Iterable<Place> {
    const step = steps[index];
    if (step === undefined || typeof value !== 'object' || value === null) return;
    const entries: [string | number, unknown][] = Array.isArray(value)
      ? [...value.entries()]
      : Object.entries(value);
    for (const [key, item] of entries) {
      if (step !== '*' && String(key) !== step) continue;
      const next = typeof key === 'number' ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
      if (index === steps.length - 1) yield { path: next, value: item, parent: value as Data, key };
      else yield* walk(item, index + 1, next);
    }
  }
  yield* walk(root, 0, '');
}

/**
 * A mutant for each place of each chosen object: the place's value replaced by what `change` makes of it (undefined
 * leaves the place out; a symbol `skip` leaves it as it is).
 */
export const skip = Symbol('skip');

export function* edit(
  objects: readonly KubernetesObject[],
  choose: (object: KubernetesObject) => boolean,
  patterns: readonly string[],
  change: (value: unknown, object: KubernetesObject, place: Place) => unknown,
  others: (value: unknown, object: KubernetesObject) => readonly string[] = () => [],
): Iterable<Mutant> {
  for (const [index, object] of objects.entries()) {
    if (!choose(object)) continue;
    for (const pattern of patterns) {
      for (const { path } of places(object, pattern)) {
        const copy = structuredClone(object) as KubernetesObject;
        const place = [...places(copy, pattern)].find((candidate) => candidate.path === path);
        if (place === undefined) continue;
        const changed = change(place.value, object, place);
        if (changed === skip) continue;
        if (changed === undefined) {
          if (Array.isArray(place.parent)) place.parent.splice(place.key as number, 1);
          else delete (place.parent as Data)[place.key];
        } else (place.parent as Data)[place.key as string] = changed;
        const shown = (value: unknown) => JSON.stringify(value)?.slice(0, 60) ?? 'nothing';
        yield {
          what: `${end(object)} ${path}: ${shown(place.value)} -> ${shown(changed)}`,
          objects: objects.with(index, copy),
          ends: [end(object), ...others(place.value, object)],
        };
      }
    }
  }
}

/** A mutant for each chosen object: the target without it. */
export function* remove(
  objects: readonly KubernetesObject[],
  choose: (object: KubernetesObject) => boolean,
  ends: (object: KubernetesObject) => readonly string[],
): Iterable<Mutant> {
  for (const object of objects) {
    if (!choose(object)) continue;
    yield {
      what: `${end(object)} removed`,
      objects: objects.filter((other) => other !== object),
      ends: ends(object),
    };
  }
}

/** The paths under which the kinds of workloads keep their pods. */
export const podSpecs = ['spec.template.spec', 'spec.jobTemplate.spec.template.spec'] as const;

/** Patterns below every pod's spec. */
export function inPods(...patterns: string[]): string[] {
  return podSpecs.flatMap((pod) => patterns.map((pattern) => `${pod}.${pattern}`));
}

/** Patterns below every container of every pod. */
export function inContainers(...patterns: string[]): string[] {
  return inPods(
    ...['containers', 'initContainers'].flatMap((list) => patterns.map((pattern) => `${list}.*.${pattern}`)),
  );
}
