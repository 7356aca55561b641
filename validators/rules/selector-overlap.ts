import { describeSelector } from '../model/selectors.ts';
import type { Rule } from './rule.ts';
import { selectorOf } from './selector-mismatch.ts';

/** Two workloads of a namespace select each other's pods. */
export const selectorOverlap: Rule = {
  id: 'selector-overlap',
  severity: 'error',
  family: 'services',
  title: "a workload selects another workload's pods",
  *check({ model }) {
    for (const workload of model.workloads) {
      const selector = selectorOf(workload);
      if (selector === undefined) continue;
      for (const other of model.selectedBy(workload.namespace, selector)) {
        // A Job's pods are its own for good, and are gone before they count.
        if (!other.serves) continue;
        if (other.kind === workload.kind && other.name === workload.name) continue;
        yield {
          object: workload.object,
          path: 'spec.selector',
          message:
            `it selects ${describeSelector(selector)}, which the pods of ${other.kind} ${other.name} carry too: ` +
            'autoscalers and rollouts would count both as its own, and it would adopt pods that have no owner',
          // A pod of its own is sometimes meant to be adopted.
          severity: other.kind === 'Pod' ? 'warning' : 'error',
        };
      }
    }
  },
};
