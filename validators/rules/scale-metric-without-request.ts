import type { Rule } from './rule.ts';

/** An autoscaler measures utilization of a resource that a container does not request. */
export const scaleMetricWithoutRequest: Rule = {
  id: 'scale-metric-without-request',
  severity: 'error',
  family: 'scaling',
  title: 'an autoscaler measures a share of a request that is not made',
  *check({ model }) {
    for (const { object, typed, namespace } of model.scalers) {
      const { kind, name } = typed.spec?.scaleTargetRef ?? {};
      const target = model.workloads.find(
        (one) => one.namespace === namespace && one.kind === kind && one.name === name,
      );
      for (const [index, { resource }] of (typed.spec?.metrics ?? []).entries()) {
        if (resource?.target.type !== 'Utilization') continue;
        for (const container of target?.containers ?? []) {
          if (container.role === 'init') continue;
          const { requests, limits } = container.spec.resources ?? {};
          if (requests?.[resource.name] !== undefined || limits?.[resource.name] !== undefined) continue;
          yield {
            object,
            path: `spec.metrics[${index}].resource.name`,
            message: `it scales on a share of the ${resource.name} request, and container ${container.name} of ${kind} ${name} makes none: it could not compute anything`,
          };
        }
      }
    }
  },
};
