import { fieldOf, type Item } from './path.ts';

/**
 * The fields by which Kubernetes tells the elements of a list apart, by the list's name.
 * Source: k8s.io/kubernetes, `api/openapi-spec/swagger.json` (x-kubernetes-patch-merge-key, x-kubernetes-list-map-keys).
 */
const known: Readonly<Record<string, readonly (readonly string[])[]>> = {
  conditions: [['type']],
  hostAliases: [['ip']],
  ports: [['containerPort', 'protocol'], ['containerPort'], ['port', 'protocol'], ['port'], ['name']],
  topologySpreadConstraints: [['topologyKey', 'whenUnsatisfiable']],
  volumeClaimTemplates: [['metadata.name']],
  volumeDevices: [['devicePath']],
  volumeMounts: [['mountPath'], ['mountPath', 'subPath']],
};

/** Where the list's name says nothing: what a person would call an element by. */
const usual: readonly (readonly string[])[] = [
  ['name'],
  ['key'],
  ['alert'],
  ['record'],
  ['id'],
  ['secretKey'],
  ['kind', 'name'],
  ['group', 'kind'],
];

/**
 * The fields that tell the elements of a list apart on both sides, each element by another value; undefined where none do.
 * @param field the list's name
 */
export function keysOf(
  field: string,
  before: readonly unknown[],
  after: readonly unknown[],
): readonly string[] | undefined {
  const all = [...before, ...after];
  if (all.length === 0 || !all.every((one) => typeof one === 'object' && one !== null && !Array.isArray(one)))
    return undefined;
  return [...(known[field] ?? []), ...usual].find((keys) => distinct(before, keys) && distinct(after, keys));
}

function distinct(elements: readonly unknown[], keys: readonly string[]): boolean {
  const seen = new Set<string>();
  for (const element of elements) {
    const values = keys.map((key) => fieldOf(element, key));
    if (!values.every((value) => typeof value === 'string' || typeof value === 'number')) return false;
    seen.add(JSON.stringify(values));
  }
  return seen.size === elements.length;
}

/** An element, by these fields. */
export function itemOf(element: unknown, keys: readonly string[]): Item {
  return Object.fromEntries(keys.map((key) => [key, fieldOf(element, key) as string | number | boolean]));
}
