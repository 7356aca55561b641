import { matchesSelector } from '../model/selectors.ts';
import type { Workload } from '../model/workload.ts';
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
    const owners = new Map<Workload, string>();
    for (const { object, typed, namespace, name } of model.budgets) {
      const { selector, minAvailable, maxUnavailable } = typed.spec ?? {};
      const selected = model.workloads.filter(
        (workload) =>
          // A drain leaves DaemonSets' pods alone, and finished ones are counted by nobody.
          workload.serves &&
          workload.kind !== 'DaemonSet' &&
          workload.namespace === namespace &&
          matchesSelector(selector, workload.labels),
      );
      for (const workload of selected) {
        const other = owners.get(workload);
        if (other === undefined) owners.set(workload, name);
        else {
          yield {
            object,
            path: 'spec.selector',
            message: `it selects the pods of ${workload.kind} ${workload.name}, and so does PodDisruptionBudget ${other}: a pod of two budgets cannot be evicted, so draining its node would fail`,
          };
        }
      }
      const pods = selected.reduce((sum, { replicas }) => sum + replicas.min, 0);
      if (pods === 0) continue;
      const none = minAvailable === undefined && maxUnavailable === undefined;
      const spare = none
        ? 0
        : maxUnavailable === undefined
          ? pods - amount(minAvailable ?? 0, pods)
          : amount(maxUnavailable, pods);
      if (spare > 0) continue;
      const said = none
        ? 'it says neither minAvailable nor maxUnavailable'
        : maxUnavailable === undefined
          ? `minAvailable is ${minAvailable}`
          : `maxUnavailable is ${maxUnavailable}`;
      const least = pods === 1 ? 'the 1 pod' : `${pods} pods`;
      yield {
        object,
        path: none ? 'spec' : maxUnavailable === undefined ? 'spec.minAvailable' : 'spec.maxUnavailable',
        message: `${said}, so of ${least} of ${selected.map((one) => `${one.kind} ${one.name}`).join(', ')} none may go: draining a node would wait for ever`,
      };
    }
  },
};
