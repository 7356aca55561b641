import { type LabelSelector, matchesSelector } from '../model/selectors.ts';
import type { Rule } from './rule.ts';

const selecting = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet']);

/** Two workloads of a namespace select each other's pods. */
export const selectorOverlap: Rule = {
  id: 'selector-overlap',
  severity: 'error',
  family: 'services',
  title: "a workload selects another workload's pods",
  *check({ model }) {
    for (const workload of model.workloads) {
      if (!selecting.has(workload.kind)) continue;
      const { selector } = (workload.object.spec ?? {}) as { selector?: LabelSelector };
      for (const other of model.workloads) {
        if (other === workload || other.namespace !== workload.namespace || other.kind === 'CronJob')
          continue;
        if (!matchesSelector(selector, other.labels)) continue;
        yield {
          object: workload.object,
          path: 'spec.selector',
          message: `it selects the pods of ${other.kind} ${other.name} too: the two would count, adopt and delete each other's pods`,
        };
      }
    }
  },
};
