import type { Model } from '../model/model.ts';
import { operatorRuns } from '../model/run-time.ts';
import type { LabelSelector, Labels } from '../model/selectors.ts';
import type { Workload } from '../model/workload.ts';
import { own } from '../own.ts';
import { didYouMean } from '../text/nearest.ts';

/** True for a selector that selects everything. */
export function isEmpty(selector: LabelSelector | undefined): boolean {
  return (
    Object.keys(selector?.matchLabels ?? {}).length === 0 && (selector?.matchExpressions ?? []).length === 0
  );
}

/** The pairs that a selector asks for: its labels, and each value of its lists. */
function wantedOf(selector: LabelSelector | undefined): (readonly [string, string])[] {
  return [
    ...Object.entries(selector?.matchLabels ?? {}),
    ...(selector?.matchExpressions ?? [])
      .filter(({ operator }) => operator === 'In')
      .flatMap(({ key, values = [] }) => values.map((value) => [key, value] as const)),
  ];
}

/** What was most likely meant by a word of the selector that none of the pods carries; empty where nothing is near. */
export function selectorHint(
  selector: LabelSelector | undefined,
  workloads: readonly { readonly labels: Labels }[],
): string {
  for (const [key, wanted] of wantedOf(selector)) {
    const known = workloads.map(({ labels }) => own(labels, key)).filter((value) => value !== undefined);
    if (!known.includes(wanted)) {
      const hint = didYouMean(wanted, known);
      if (hint !== '') return hint;
    }
  }
  return '';
}

/** A hint at what was meant, or else at what to do where the target is a part of something larger. */
export function orOfAnother(hint: string): string {
  return hint === '' ? ' (if another kustomization has them, check one that includes both)' : hint;
}

/** True where the pods that a selector means may be there though the target does not run them: an operator's, or another target's. */
export function mayBeElsewhere(
  model: Model,
  namespace: string,
  selector: LabelSelector | undefined,
  there: readonly Workload[],
): boolean {
  return (
    there.length === 0 ||
    wantedOf(selector).some(([key, value]) => operatorRuns(model, namespace, { [key]: value }))
  );
}
