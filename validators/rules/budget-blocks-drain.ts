import { matchesSelector } from '../model/selectors.ts';
import type { Rule } from './rule.ts';

/** A number, or a share rounded up as Kubernetes rounds it. */
function amount(value: number | string, of: number): number {
  if (typeof value === 'string' && value.endsWith('%'))
    return Math.ceil((Number(value.slice(0, -1)) / 100) * of);
  return Number(value);
}

/** A PodDisruptionBudget never lets a pod go: a node could not be drained. */
export const budgetBlocksDrain: Rule = {
  id: 'budget-blocks-drain',
  severity: 'error',
  family: 'scaling',
  title: 'a PodDisruptionBudget never lets a pod go',
  *check({ model }) {
    for (const { object, typed, namespace } of model.budgets) {
      const { selector, minAvailable, maxUnavailable } = typed.spec ?? {};
      const pods = model.workloads
        .filter(
          (workload) =>
            workload.serves && workload.namespace === namespace && matchesSelector(selector, workload.labels),
        )
        .reduce((sum, { replicas }) => sum + replicas.min, 0);
      if (pods === 0) continue;
      const spare =
        maxUnavailable === undefined ? pods - amount(minAvailable ?? 1, pods) : amount(maxUnavailable, pods);
      if (spare > 0) continue;
      yield {
        object,
        path: maxUnavailable === undefined ? 'spec.minAvailable' : 'spec.maxUnavailable',
        message: `of ${pods} pods it lets ${Math.max(spare, 0)} go: draining a node would wait for ever`,
      };
    }
  },
};
