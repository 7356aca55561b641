import { didYouMean } from '../text/nearest.ts';
import type { Rule } from './rule.ts';

/** An autoscaler scales something that is not there. */
export const scaleTargetMissing: Rule = {
  id: 'scale-target-missing',
  severity: 'error',
  family: 'scaling',
  title: 'an autoscaler scales a workload that is not there',
  *check({ model }) {
    for (const { object, typed, namespace } of model.scalers) {
      const { kind = '', name = '' } = typed.spec?.scaleTargetRef ?? {};
      const there = model.workloads.filter((workload) => workload.namespace === namespace);
      if (there.some((workload) => workload.kind === kind && workload.name === name)) continue;
      if (!['Deployment', 'StatefulSet', 'ReplicaSet'].includes(kind)) continue;
      const names = there.filter((workload) => workload.kind === kind).map((workload) => workload.name);
      yield {
        object,
        path: 'spec.scaleTargetRef.name',
        message: `it scales ${kind} ${name}, which is not in namespace ${namespace}${didYouMean(name, names)}: it would scale nothing`,
      };
    }
  },
};
