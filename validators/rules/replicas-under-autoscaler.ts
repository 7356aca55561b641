import { scaled, scalersOf } from '../model/scaler.ts';
import type { Rule } from './rule.ts';

/** A workload names its replicas though an autoscaler owns the number. */
export const replicasUnderAutoscaler: Rule = {
  id: 'replicas-under-autoscaler',
  severity: 'error',
  family: 'scaling',
  title: 'a workload names replicas that an autoscaler owns',
  *check({ model }) {
    for (const scaler of scalersOf(model)) {
      const workload = scaled(model, scaler);
      const replicas = (workload?.object.spec as { replicas?: number } | undefined)?.replicas;
      if (workload === undefined || replicas === undefined || replicas === null) continue;
      yield {
        object: workload.object,
        path: 'spec.replicas',
        message: `${scaler.object.kind} ${scaler.name} owns the number, and each apply would set it back to ${replicas}: leave replicas out`,
      };
    }
  },
};
