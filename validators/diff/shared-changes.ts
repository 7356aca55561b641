import { describeResource } from '../finding.ts';
import { nameOf } from '../render/objects.ts';
import type { ObjectChange } from './compare-objects.ts';
import type { Difference, TargetDifference } from './difference.ts';

/** The same change of an object in one environment or in several. */
export interface SharedChange {
  /** `StatefulSet streaming/kafka`, by its newer name. */
  readonly object: string;
  readonly change: ObjectChange;
  readonly environments: readonly string[];
}

/** What happens to a system, each change once with the environments that have it. */
export interface SystemChange {
  /** The system's name; what is of none goes by its target's. */
  readonly system: string;
  readonly changes: readonly SharedChange[];
}

/**
 * The changes of all targets, those that several environments share told once. A target that is nothing but its systems
 * adds only what none of them has.
 */
export function shareChanges({ targets }: Difference): SystemChange[] {
  const systems = new Map<string, Map<string, { change: ObjectChange; environments: string[] }>>();
  const told = new Set<string>();
  // The systems before the whole that lists them.
  const inOrder = [...targets].sort((a, b) => Number(isWhole(a)) - Number(isWhole(b)));
  for (const one of inOrder) {
    const { environment, system, name } = one.target;
    for (const change of one.objects) {
      const key = JSON.stringify([change.before, change.after]);
      const inEnvironment = `${environment} ${key}`;
      if (told.has(inEnvironment)) continue;
      told.add(inEnvironment);
      const changes = systems.get(system ?? name) ?? new Map();
      systems.set(system ?? name, changes);
      const likeness = JSON.stringify([describe(change), signature(change, environment)]);
      const shared = changes.get(likeness) ?? { change, environments: [] };
      changes.set(likeness, shared);
      shared.environments.push(environment);
    }
  }
  return [...systems].map(([system, changes]) => ({
    system,
    changes: [...changes.values()].map(({ change, environments }) => ({
      object: describe(change),
      change,
      environments,
    })),
  }));
}

const isWhole = ({ target }: TargetDifference): boolean =>
  target.system === undefined && target.environment !== '';

function describe({ before, after }: ObjectChange): string {
  const object = after ?? before;
  return object === undefined
    ? ''
    : describeResource({ ...nameOf(object), name: stem(object.metadata.name) });
}

/** A generated name differs from one environment to the next, and says nothing. */
const stem = (name: string): string => name.replace(/-[2456789bcdfghkmt]{10}$/, '');

/** What tells two changes apart: for an object that comes or goes that it does, else what is another in it. */
function signature({ before, after, changes, follows }: ObjectChange, environment: string): unknown {
  if (before === undefined) return ['added'];
  if (after === undefined) return ['removed'];
  const told = changes.filter((change) => !follows.has(change) && !isOwnName(change));
  // A value that names its environment is the same in each.
  return JSON.stringify(told, (_, value: unknown) =>
    typeof value === 'string' && environment !== '' ? value.replaceAll(environment, '\0') : value,
  );
}

/** The new name of what a generator made. */
export function isOwnName({ kind, path }: ObjectChange['changes'][number]): boolean {
  return kind === 'changed' && path.length === 2 && path[0] === 'metadata' && path[1] === 'name';
}
