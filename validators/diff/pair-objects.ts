import type { KubernetesObject } from '../render/objects.ts';

/** The same object on both sides, or one that only one of them has. */
export interface Pair {
  readonly before?: KubernetesObject;
  readonly after?: KubernetesObject;
}

/** What Kubernetes knows an object by: not the version, which is a way to write it. */
export function identityOf({ apiVersion, kind, metadata }: KubernetesObject): string {
  const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : '';
  return `${group}|${kind}|${metadata.namespace ?? ''}|${metadata.name}`;
}

/**
 * Pairs the objects of two renders, in the order of the newer, those that only the older has at the end. What a generator
 * named after its content is paired with its predecessor.
 */
export function pairObjects(before: readonly KubernetesObject[], after: readonly KubernetesObject[]): Pair[] {
  const identity = identityIn(before, after);
  const was = new Map(before.map((object) => [identity(object), object]));
  const is = new Map(after.map((object) => [identity(object), object]));
  const gone = before.filter((object) => !is.has(identity(object)));
  const come = after.filter((object) => !was.has(identity(object)));
  const predecessors = generated(gone, come);
  const taken = new Set(predecessors.values());
  return [
    ...after.map((object) => {
      const before = was.get(identity(object)) ?? predecessors.get(object);
      return before === undefined ? { after: object } : { before, after: object };
    }),
    ...gone.filter((object) => !taken.has(object)).map((object) => ({ before: object })),
  ];
}

/** What tells the objects of two renders apart: their versions too where one side has the same object in two. */
function identityIn(
  ...sides: readonly (readonly KubernetesObject[])[]
): (object: KubernetesObject) => string {
  const twice = new Set<string>();
  for (const side of sides) {
    const seen = new Set<string>();
    for (const object of side) {
      const identity = identityOf(object);
      if (seen.has(identity)) twice.add(identity);
      seen.add(identity);
    }
  }
  return (object) => {
    const identity = identityOf(object);
    return twice.has(identity) ? `${object.apiVersion}|${identity}` : identity;
  };
}

/** The ending that kustomize derives from a content. Source: sigs.k8s.io/kustomize/api, `hasher.go`. */
const ending = /-[2456789bcdfghkmt]{10}$/;

/** By each newer object the older one of the same name but for its ending, where there is exactly one of both. */
function generated(
  gone: readonly KubernetesObject[],
  come: readonly KubernetesObject[],
): Map<KubernetesObject, KubernetesObject> {
  const stem = (object: KubernetesObject) => {
    const { kind, metadata } = object;
    if ((kind !== 'ConfigMap' && kind !== 'Secret') || !ending.test(metadata.name)) return undefined;
    return `${kind}|${metadata.namespace ?? ''}|${metadata.name.replace(ending, '')}`;
  };
  const groups = Map.groupBy(come, stem);
  const predecessors = new Map<KubernetesObject, KubernetesObject>();
  for (const [key, [older, ...others]] of Map.groupBy(gone, stem)) {
    const [newer, ...more] = groups.get(key) ?? [];
    if (key === undefined || older === undefined || newer === undefined) continue;
    if (others.length === 0 && more.length === 0) predecessors.set(newer, older);
  }
  return predecessors;
}
