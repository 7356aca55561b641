import type { KubernetesObject } from '../render/objects.ts';

/** An object that an operator makes of a custom resource, as far as rules ask for it. */
export interface Made {
  readonly object: KubernetesObject;
  /**
   * Where its fields come from, by their beginnings: the longest that fits counts, and what none fits comes from `spec`. What
   * stands below is there too, unless the one field decides it all.
   */
  readonly paths: readonly (readonly [made: string, written: string, all?: 'decides all'])[];
  /** Labels that single pods of it get once they run, with all values that some of them have. */
  readonly podLabels?: Readonly<Record<string, readonly string[]>>;
  /** What its pods and their operator say to each other; undefined for what runs no pods. */
  readonly talks?: Talks;
}

/** Connections that no setting tells, and without which the operator's pods do not work. */
export interface Talks {
  /** Pod ports on which the operator asks, and why. */
  readonly operator: readonly (readonly [port: number, why: string])[];
  /** Pod ports on which the pods of one resource ask each other, and why. */
  readonly peers: readonly (readonly [port: number, why: string])[];
  /** Why the pods ask the Kubernetes API; undefined where they do not. */
  readonly kubernetes?: string;
}

/** Whose object a made one is. */
export interface Maker {
  /** The custom resource. */
  readonly by: KubernetesObject;
  readonly paths: Made['paths'];
  readonly podLabels: NonNullable<Made['podLabels']>;
  readonly talks: Talks | undefined;
}

const makers = new WeakMap<KubernetesObject, Maker>();

/** Notes what an object is made of. */
export function noteMaker(object: KubernetesObject, by: KubernetesObject, made: Made): void {
  makers.set(object, { by, paths: made.paths, podLabels: made.podLabels ?? {}, talks: made.talks });
}

/** What an object is made of; undefined for one that stands in the render. */
export function makerOf(object: KubernetesObject): Maker | undefined {
  return makers.get(object);
}

interface Placed {
  readonly object?: KubernetesObject;
  readonly path?: string;
}

/** What is said of a made object, said of the custom resource, at the field that decides it. */
export function asWritten<Said extends Placed>(said: Said): Said {
  const maker = said.object && makers.get(said.object);
  if (maker === undefined) return said;
  const { path = '' } = said;
  const [from, to, all] = maker.paths
    .filter(([made]) => path === made || path.startsWith(`${made}.`) || path.startsWith(`${made}[`))
    .reduce((longest, one) => (one[0].length > longest[0].length ? one : longest), [
      '',
      'spec',
      'decides all',
    ] as const);
  return { ...said, object: maker.by, path: all ? to : `${to}${path.slice(from.length)}` };
}

/** A message in which made objects are called by what they are made of: `Cluster store`, not the StatefulSet that stands for its pods. */
export function inWrittenWords(message: string, objects: readonly KubernetesObject[]): string {
  return objects.reduce((text, object) => {
    const maker = makers.get(object);
    if (maker === undefined || (object.kind !== 'StatefulSet' && object.kind !== 'Deployment')) return text;
    const called = `${object.kind} ${object.metadata.name}`;
    const isWhole = (at: number) => !/[\w.-]/.test(text[at + called.length] ?? '');
    return text.replaceAll(called, (found, at: number) =>
      isWhole(at) ? `${maker.by.kind} ${maker.by.metadata.name}` : found,
    );
  }, message);
}
