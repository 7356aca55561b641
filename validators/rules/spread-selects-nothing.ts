import { describeSelector, type LabelSelector } from '../model/selectors.ts';
import { joinPath } from '../model/workload.ts';
import type { Rule } from './rule.ts';
import { mayBeElsewhere, selectorHint } from './selector-hint.ts';

interface Term {
  readonly labelSelector?: LabelSelector | undefined;
  readonly namespaces?: readonly string[] | undefined;
  readonly namespaceSelector?: LabelSelector | undefined;
}

/** Labels that a controller puts on pods, which no template carries. */
const added = /pod-index|pod-name|job-name|controller-uid|completion-index|pod-template-hash|revision-hash/;

/** A constraint that keeps pods apart or spreads them is about pods that nobody runs. */
export const spreadSelectsNothing: Rule = {
  id: 'spread-selects-nothing',
  severity: 'warning',
  family: 'scaling',
  title: 'anti-affinity or spread is about pods that there are none of',
  *check({ model }) {
    for (const { object, namespace, pod, templatePath } of model.workloads) {
      const apart = pod.affinity?.podAntiAffinity;
      const base = 'spec.affinity.podAntiAffinity';
      const terms: (readonly [string, Term, string])[] = [
        ...(apart?.requiredDuringSchedulingIgnoredDuringExecution ?? []).map(
          (term, index) =>
            [
              `${base}.requiredDuringSchedulingIgnoredDuringExecution[${index}]`,
              term,
              'keeps its pods from',
            ] as const,
        ),
        ...(apart?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(
          ({ podAffinityTerm }, index) =>
            [
              `${base}.preferredDuringSchedulingIgnoredDuringExecution[${index}].podAffinityTerm`,
              podAffinityTerm as Term,
              'keeps its pods from',
            ] as const,
        ),
        ...(pod.topologySpreadConstraints ?? []).map(
          (constraint, index) =>
            [
              `spec.topologySpreadConstraints[${index}]`,
              constraint as Term,
              'spreads its pods among',
            ] as const,
        ),
      ];
      for (const [path, { labelSelector, namespaces = [], namespaceSelector }, what] of terms) {
        // Without a selector it is about nothing by design.
        if (labelSelector === undefined || namespaceSelector !== undefined) continue;
        if (namespaces.some((name) => name !== namespace) || added.test(JSON.stringify(labelSelector)))
          continue;
        if (model.selectedBy(namespace, labelSelector).length > 0) continue;
        const here = model.workloadsIn(namespace);
        const hint = selectorHint(labelSelector, here);
        if (hint === '' && mayBeElsewhere(model, namespace, labelSelector, here)) continue;
        yield {
          object,
          path: joinPath(templatePath, `${path}.labelSelector`),
          message:
            `it ${what} those with ${describeSelector(labelSelector)}, and no pod of namespace ${namespace} carries that, ` +
            `its own neither${hint}: they may all run on one node`,
        };
      }
    }
  },
};
