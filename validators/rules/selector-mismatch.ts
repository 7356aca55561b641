import { describeSelector, type LabelSelector, matchesSelector } from '../model/selectors.ts';
import { joinPath, type Workload } from '../model/workload.ts';
import type { Rule } from './rule.ts';

const selecting = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'ReplicationController']);

/** The selector of a workload that has one; a ReplicationController's is plain pairs, and its pods' labels by default. */
export function selectorOf({ object, kind }: Workload): LabelSelector | undefined {
  if (!selecting.has(kind)) return undefined;
  const { selector } = (object.spec ?? {}) as { selector?: LabelSelector };
  if (kind !== 'ReplicationController' || selector === undefined) return selector ?? undefined;
  return { matchLabels: selector as Readonly<Record<string, string>> };
}

/** A workload's selector does not match the labels of its own pods. */
export const selectorMismatch: Rule = {
  id: 'selector-mismatch',
  severity: 'error',
  family: 'services',
  title: 'a workload does not select its own pods',
  *check({ model }) {
    for (const workload of model.workloads) {
      const { object, labels, templatePath } = workload;
      const selector = selectorOf(workload);
      // One without a selector is incomplete in a way that its schema tells.
      if (selector === undefined) continue;
      const empty = [selector.matchLabels ?? {}, selector.matchExpressions ?? []].every(
        (part) => Object.keys(part).length === 0,
      );
      if (!empty && matchesSelector(selector, labels)) continue;
      yield {
        object,
        path: 'spec.selector',
        message: empty
          ? 'its selector is empty, which would be every pod of the namespace: the API server would refuse it'
          : `it selects ${describeSelector(selector)}, and its pods (${joinPath(templatePath, 'metadata.labels')}) carry ` +
            `${Object.keys(labels).length === 0 ? 'no labels' : describeSelector(labels)}: the API server would refuse it`,
      };
    }
  },
};
