import { isMap, isScalar, isSeq, type Node } from 'yaml';
import { own } from '../own.ts';

/** How far a path leads into a node, and the offset of where it ended. */
export interface Reach {
  readonly offset: number;
  readonly depth: number;
  /** True when what the path leads to is set to null there, which in a patch takes it away. */
  readonly removed: boolean;
}

/**
 * Keys by which the entries of lists are told apart when a patch is merged, the most common first.
 * Source: k8s.io/api, `patchMergeKey` in `core/v1/types.go`.
 */
const mergeKeys = [
  'name',
  'mountPath',
  'devicePath',
  'containerPort',
  'port',
  'topologyKey',
  'ip',
  'key',
  'uid',
];

type Fields = Readonly<Record<string, unknown>>;

/** The entry of a list that stands for a rendered one: the one of its key, else the one at its place. */
function entryFor(items: readonly unknown[], place: number, rendered: unknown): Node | undefined {
  const fields = (typeof rendered === 'object' && rendered !== null ? rendered : {}) as Fields;
  for (const key of mergeKeys) {
    const wanted = fields[key];
    if (wanted === undefined) continue;
    const keyed = items.filter((item) => isMap(item) && item.has(key));
    if (keyed.length === 0) continue;
    return keyed.find((item) => isMap(item) && String(item.get(key)) === String(wanted)) as Node | undefined;
  }
  if (typeof rendered !== 'object' && rendered !== undefined) {
    const same = items.find((item) => isScalar(item) && String(item.value) === String(rendered));
    if (same !== undefined) return same as Node;
  }
  return items[place] as Node | undefined;
}

/** What a value holds at a step; undefined where it holds nothing. */
export function below(value: unknown, step: string | number): unknown {
  return typeof value === 'object' && value !== null ? own(value as Fields, String(step)) : undefined;
}

/**
 * Follows a path into a node.
 * @param rendered the value that the render made of the node: entries of lists are found by their key in it, since
 *   patches name them by key. Without it, the place counts.
 */
export function descend(node: Node | null, steps: readonly (string | number)[], rendered?: unknown): Reach {
  let current: unknown = node;
  let value = rendered;
  let offset = node?.range?.[0] ?? 0;
  let depth = 0;
  for (const step of steps) {
    if (isMap(current)) {
      const pair = current.items.find(
        (item) => isScalar(item.key) && String(item.key.value) === String(step),
      );
      if (pair === undefined) break;
      if (isScalar(pair.key)) offset = pair.key.range?.[0] ?? offset;
      current = pair.value;
      if (isScalar(current) && current.value === null) return { offset, depth: depth + 1, removed: true };
    } else if (isSeq(current) && typeof step === 'number') {
      const item = entryFor(current.items, step, below(value, step));
      if (item === undefined) break;
      offset = item.range?.[0] ?? offset;
      current = item;
    } else break;
    value = below(value, step);
    depth += 1;
  }
  return { offset, depth, removed: false };
}
