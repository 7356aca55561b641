import { matchesSelector } from '../../model/selectors.ts';
import type { Workload } from '../../model/workload.ts';
import { nameOf } from '../../render/objects.ts';
import type { Danger, DangerRule, Step } from './danger.ts';

/** Fewer pods than a PodDisruptionBudget keeps: it is asked by drains alone, and then lets none go. */
export const belowBudget: DangerRule = function* ({ before, after }: Step): Iterable<Danger> {
  for (const { object, typed, namespace, name } of after.budgets) {
    const { selector, minAvailable } = typed.spec ?? {};
    // A share is one of whatever there is.
    if (typeof minAvailable !== 'number') continue;
    const kept = (workload: Workload) =>
      workload.serves && workload.kind !== 'DaemonSet' && matchesSelector(selector, workload.labels);
    const podsIn = (workloads: readonly Workload[]) =>
      workloads.filter(kept).reduce((sum, { replicas }) => sum + replicas.min, 0);
    const [was, is] = [podsIn(before.workloadsIn(namespace)), podsIn(after.workloadsIn(namespace))];
    if (is >= was || was < minAvailable || is >= minAvailable) continue;
    const shrunk = after
      .workloadsIn(namespace)
      .filter(kept)
      .find((workload) =>
        before
          .workloadsIn(namespace)
          .some(
            (one) =>
              one.kind === workload.kind &&
              one.name === workload.name &&
              one.replicas.min > workload.replicas.min,
          ),
      );
    yield {
      id: 'below-budget',
      severity: 'warning',
      resource: nameOf(shrunk?.object ?? object),
      path: shrunk === undefined ? 'spec.minAvailable' : 'spec.replicas',
      message: `${is} of ${was} pods stay, and PodDisruptionBudget ${name} keeps ${minAvailable}: a sync asks no budget, so Argo CD takes them away at once, and then no node with one of the others can be drained; leave ${minAvailable + 1} or lower the budget with it`,
    };
  }
};
