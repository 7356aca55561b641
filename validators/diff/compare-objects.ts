import type { KubernetesObject } from '../render/objects.ts';
import type { Change } from './change.ts';
import { compareValues } from './compare.ts';
import { mask, maskObject } from './mask.ts';
import { type Pair, pairObjects } from './pair-objects.ts';
import { pathText } from './path.ts';

/** What became of one object. */
export interface ObjectChange extends Pair {
  /** How it differs; empty for one that only one side has. */
  readonly changes: readonly Change[];
  /** Of `changes`, those that only follow the new name of what a generator made. */
  readonly follows: ReadonlySet<Change>;
}

/**
 * How a newer render differs from an older one, object by object; what is the same is left out. Contents of Secrets are told by
 * their size alone.
 */
export function compareObjects(
  before: readonly KubernetesObject[],
  after: readonly KubernetesObject[],
): ObjectChange[] {
  const pairs = pairObjects(before, after);
  const renamed = new Map(
    pairs.flatMap(({ before: was, after: is }) =>
      was !== undefined && is !== undefined && was.metadata.name !== is.metadata.name
        ? [[was.metadata.name, is.metadata.name]]
        : [],
    ),
  );
  return pairs.flatMap((pair): ObjectChange[] => {
    if (pair.before === undefined || pair.after === undefined)
      return [{ ...masked(pair), changes: [], follows: new Set() }];
    if (pair.before === pair.after) return [];
    const changes = compareValues(pair.before, pair.after).map((change) => mask(pair.after?.kind, change));
    if (changes.length === 0) return [];
    const follows = changes.filter(
      (change) =>
        change.kind === 'changed' &&
        renamed.get(String(change.before)) === change.after &&
        pathText(change.path) !== 'metadata.name',
    );
    return [{ ...masked(pair), changes, follows: new Set(follows) }];
  });
}

function masked({ before, after }: Pair): Pair {
  return {
    ...(before === undefined ? {} : { before: maskObject(before) }),
    ...(after === undefined ? {} : { after: maskObject(after) }),
  };
}
