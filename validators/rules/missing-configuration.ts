import type { Severity } from '../finding.ts';
import { madeAtRunTime } from '../model/run-time.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Context } from './rule.ts';

/** The ending that Kustomize's generators give. */
export const generated = /-[2456789bcdfghkmt]{10}$/;

/** A ConfigMap or Secret that the target does not hold. */
export interface MissingConfiguration {
  readonly severity: Severity;
  /** ` (did you mean "..."?)`, or nothing. */
  readonly hint: string;
}

/**
 * Judges a name that no ConfigMap or Secret of the target has; undefined where it is there, or something makes it at run time.
 *
 * A Secret that somebody makes by hand is common where a repository keeps no Secrets at all: a warning then, unless
 * the environment says what the cluster has, or a name of the target is near.
 */
export function missingConfiguration(
  { model, environment }: Context,
  kind: 'ConfigMap' | 'Secret',
  namespace: string,
  name: string,
): MissingConfiguration | undefined {
  if (model.configuration(kind, namespace, name) !== undefined) return undefined;
  const made = madeAtRunTime(model, kind, namespace, name);
  if (made === 'surely') return undefined;
  const names = model.configurations
    .filter((candidate) => candidate.kind === kind && candidate.namespace === namespace)
    .map((candidate) => candidate.name);
  const hint = didYouMean(name, names);
  if (hint !== '' || generated.test(name)) return { severity: 'error', hint };
  if (made === 'maybe') return { severity: 'warning', hint };
  const byHand = kind === 'Secret' && names.length === 0 && environment === undefined;
  return { severity: byHand ? 'warning' : 'error', hint };
}
