import { describeSelector, matchesSelector } from '../model/selectors.ts';
import type { Rule } from './rule.ts';
import { mayBeElsewhere, selectorHint } from './selector-hint.ts';

/** A PodDisruptionBudget selects no pods. */
export const budgetSelectsNothing: Rule = {
  id: 'budget-selects-nothing',
  severity: 'error',
  family: 'scaling',
  title: 'a PodDisruptionBudget selects no pods',
  *check({ model }) {
    for (const { object, typed, namespace } of model.budgets) {
      const selector = typed.spec?.selector;
      const here = model.workloads.filter((workload) => workload.namespace === namespace);
      if (here.some(({ labels }) => matchesSelector(selector, labels))) continue;
      if (mayBeElsewhere(model, namespace, selector, here)) continue;
      yield {
        object,
        path: selector === undefined ? 'spec' : 'spec.selector',
        message: `it selects ${describeSelector(selector)}, and no pod of namespace ${namespace} carries that${selectorHint(selector, here)}: a drain would take all of them at once`,
      };
    }
  },
};
