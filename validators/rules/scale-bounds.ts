import type { Rule } from './rule.ts';

/** An autoscaler's bounds are the wrong way round, or leave it nothing to do. */
export const scaleBounds: Rule = {
  id: 'scale-bounds',
  severity: 'error',
  family: 'scaling',
  title: "an autoscaler's least is more than its most",
  *check({ model }) {
    for (const { object, typed } of model.scalers) {
      const { minReplicas = 1, maxReplicas = 1 } = typed.spec ?? {};
      if (minReplicas <= maxReplicas) continue;
      yield {
        object,
        path: 'spec.minReplicas',
        message: `minReplicas ${minReplicas} is more than maxReplicas ${maxReplicas}: the API server would refuse it`,
      };
    }
  },
};
