import { describeSelector, type LabelSelector, matchesSelector } from '../model/selectors.ts';
import { joinPath } from '../model/workload.ts';
import type { Rule } from './rule.ts';

const selecting = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet']);

/** A workload's selector does not match the labels of its own pods. */
export const selectorMismatch: Rule = {
  id: 'selector-mismatch',
  severity: 'error',
  family: 'services',
  title: 'a workload does not select its own pods',
  *check({ model }) {
    for (const { object, kind, labels, templatePath } of model.workloads) {
      if (!selecting.has(kind)) continue;
      const { selector } = (object.spec ?? {}) as { selector?: LabelSelector };
      if (matchesSelector(selector, labels)) continue;
      yield {
        object,
        path: 'spec.selector',
        message:
          `it selects ${describeSelector(selector)}, and its pods (${joinPath(templatePath, 'metadata.labels')}) carry ` +
          `${describeSelector(labels)}: the API server would refuse it`,
      };
    }
  },
};
