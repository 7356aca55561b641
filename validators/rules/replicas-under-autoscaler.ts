import type { Rule } from './rule.ts';

/** A workload names its replicas though an autoscaler owns the number. */
export const replicasUnderAutoscaler: Rule = {
  id: 'replicas-under-autoscaler',
  severity: 'error',
  family: 'scaling',
  title: 'a workload names replicas that an autoscaler owns',
  *check({ model }) {
    for (const { typed, namespace, name } of model.scalers) {
      const target = typed.spec?.scaleTargetRef;
      const workload = model.workloads.find(
        (one) => one.namespace === namespace && one.kind === target?.kind && one.name === target.name,
      );
      const replicas = (workload?.object.spec as { replicas?: number } | undefined)?.replicas;
      if (workload === undefined || replicas === undefined) continue;
      yield {
        object: workload.object,
        path: 'spec.replicas',
        message: `HorizontalPodAutoscaler ${name} owns the number, and each apply would set it back to ${replicas}: leave replicas out`,
      };
    }
  },
};
