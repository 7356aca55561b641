import { describeSelector, matchesSelector } from '../model/selectors.ts';
import type { Rule } from './rule.ts';

/** A PodDisruptionBudget selects no pods. */
export const budgetSelectsNothing: Rule = {
  id: 'budget-selects-nothing',
  severity: 'error',
  family: 'scaling',
  title: 'a PodDisruptionBudget selects no pods',
  *check({ model }) {
    for (const { object, typed, namespace } of model.budgets) {
      const selector = typed.spec?.selector;
      if (
        model.workloads.some(
          (workload) => workload.namespace === namespace && matchesSelector(selector, workload.labels),
        )
      )
        continue;
      yield {
        object,
        path: 'spec.selector',
        message: `it selects ${describeSelector(selector)}, and no pod of namespace ${namespace} carries that: a drain would take all of them at once`,
      };
    }
  },
};
