import { scalersOf } from '../model/scaler.ts';
import { didYouMean, editDistance } from '../text/nearest.ts';
import type { Rule } from './rule.ts';

const scalable = ['Deployment', 'StatefulSet', 'ReplicaSet'];

/** An autoscaler scales something that is not there. */
export const scaleTargetMissing: Rule = {
  id: 'scale-target-missing',
  severity: 'error',
  family: 'scaling',
  title: 'an autoscaler scales a workload that is not there',
  *check({ model }) {
    for (const { object, namespace, target } of scalersOf(model)) {
      const { apiVersion, kind, name } = target;
      const there = model.workloads.filter((workload) => workload.namespace === namespace);
      const group = apiVersion?.includes('/') === true ? apiVersion.split('/')[0] : '';
      if (scalable.includes(kind) && group !== 'apps') {
        yield {
          object,
          path: apiVersion === undefined ? 'spec.scaleTargetRef' : 'spec.scaleTargetRef.apiVersion',
          message: `it scales a ${kind} of ${apiVersion ?? 'the core group, for it names no apiVersion'}, and that is apps/v1: it would find nothing to scale`,
        };
        continue;
      }
      if (scalable.includes(kind) && apiVersion !== undefined && apiVersion !== 'apps/v1') {
        yield {
          object,
          path: 'spec.scaleTargetRef.apiVersion',
          message: `it scales a ${kind} of ${apiVersion}, which no API server of today serves (it is apps/v1): the autoscaler goes by the group alone, and whoever reads the version does not find it`,
          severity: 'warning',
        };
      }
      if (kind === 'DaemonSet' || kind === 'Job' || kind === 'CronJob') {
        yield {
          object,
          path: 'spec.scaleTargetRef.kind',
          message: `it scales ${kind} ${name}, and a ${kind} has no scale: it would do nothing`,
        };
        continue;
      }
      if (!scalable.includes(kind)) {
        // The scale of another kind is its operator's business, unless the kind is a slip of the pen.
        const meant = there.find(
          (workload) => workload.name === name && editDistance(workload.kind, kind) <= 2,
        );
        if (meant !== undefined)
          yield {
            object,
            path: 'spec.scaleTargetRef.kind',
            message: `it scales ${kind} ${name}, and ${name} is a ${meant.kind} (did you mean "${meant.kind}"?): it would scale nothing`,
          };
        continue;
      }
      if (there.some((workload) => workload.kind === kind && workload.name === name)) continue;
      const names = there.filter((workload) => workload.kind === kind).map((workload) => workload.name);
      const otherKind = there.find((workload) => workload.name === name)?.kind;
      const hint = otherKind === undefined ? didYouMean(name, names) : ` (${name} is a ${otherKind})`;
      yield {
        object,
        path: otherKind === undefined ? 'spec.scaleTargetRef.name' : 'spec.scaleTargetRef.kind',
        message: `it scales ${kind} ${name}, which is not in namespace ${namespace}${hint}: it would scale nothing`,
      };
    }
  },
};
