import type { Severity } from '../finding.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Context } from './rule.ts';

/** What is said of an object of the cluster's that the target names and does not make. */
export interface MissingObject {
  readonly severity: Severity;
  readonly hint: string;
}

/**
 * Looks for an object by kind and name among what the target makes (in a namespace, or cluster-wide where that is
 * undefined) and what the environment has; undefined where it is there. Without an environment nobody knows what the cluster has, so
 * that the lack of a cluster-wide object is a warning, unless a name of the target is near.
 */
export function missingObject(
  { model, environment }: Context,
  group: string,
  kind: string,
  namespace: string | undefined,
  name: string,
): MissingObject | undefined {
  const names = model
    .all(group, kind)
    .filter(({ metadata }) => namespace === undefined || (metadata.namespace ?? 'default') === namespace)
    .map(({ metadata }) => metadata.name);
  const offered = (environment?.clusterObjects ?? [])
    .filter((object) => object.startsWith(`${kind}/`))
    .map((object) => object.slice(kind.length + 1));
  if (names.includes(name) || offered.includes(name)) return undefined;
  const hint = didYouMean(name, [...names, ...offered]);
  const unknown = environment === undefined && hint === '' && names.length === 0;
  return { severity: unknown ? 'warning' : 'error', hint };
}
