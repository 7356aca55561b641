import type { HorizontalPodAutoscaler } from '../model/kubernetes.ts';
import { type Model, namespaceOf } from '../model/model.ts';
import type { Workload } from '../model/workload.ts';
import { own } from '../own.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Rule } from './rule.ts';

type Metric = NonNullable<NonNullable<HorizontalPodAutoscaler['spec']>['metrics']>[number];

interface Measured {
  readonly resource: string;
  /** Undefined for all of them together. */
  readonly container: string | undefined;
  readonly path: string;
  /** True for a share of the request, false for an amount. */
  readonly share: boolean;
}

/** The shares of requests that an autoscaler measures; one that names no metric measures the CPU's. */
function measured(metrics: readonly Metric[]): Measured[] {
  if (metrics.length === 0) return [{ resource: 'cpu', container: undefined, path: 'spec', share: true }];
  return metrics.flatMap(({ resource, containerResource }, index): Measured[] => {
    const path = `spec.metrics[${index}]`;
    if (resource?.target.type === 'Utilization')
      return [{ resource: resource.name, container: undefined, path: `${path}.resource.name`, share: true }];
    if (containerResource !== undefined) {
      const { name, container, target } = containerResource;
      const share = target.type === 'Utilization';
      return [{ resource: name, container, path: `${path}.containerResource.container`, share }];
    }
    return [];
  });
}

/** What a namespace's LimitRange gives containers that request nothing. */
function defaultRequest(model: Model, namespace: string, resource: string): string | undefined {
  for (const object of model.all('', 'LimitRange')) {
    if (namespaceOf(object) !== namespace) continue;
    const { limits = [] } = (object.spec ?? {}) as {
      limits?: readonly {
        type?: string;
        default?: Readonly<Record<string, string>>;
        defaultRequest?: Readonly<Record<string, string>>;
      }[];
    };
    for (const { type, default: limit, defaultRequest: request } of limits) {
      const given = own(request, resource) ?? own(limit, resource);
      if (type === 'Container' && given !== undefined) return `${object.metadata.name} gives ${given}`;
    }
  }
  return undefined;
}

/** An autoscaler measures utilization of a resource that a container does not request. */
export const scaleMetricWithoutRequest: Rule = {
  id: 'scale-metric-without-request',
  severity: 'error',
  family: 'scaling',
  title: 'an autoscaler measures a share of a request that is not made',
  *check({ model }) {
    for (const { object, typed, namespace } of model.scalers) {
      const { kind, name } = typed.spec?.scaleTargetRef ?? {};
      const target: Workload | undefined = model.workloads.find(
        (one) => one.namespace === namespace && one.kind === kind && one.name === name,
      );
      if (target === undefined) continue;
      const running = target.containers.filter(({ role }) => role !== 'init');
      for (const { resource, container: only, path, share } of measured(typed.spec?.metrics ?? [])) {
        const names = running.map((container) => container.name);
        if (only !== undefined && !names.includes(only)) {
          yield {
            object,
            path,
            message: `it measures container ${only}, and the pods of ${kind} ${name} have ${names.join(', ')}${didYouMean(only, names)}: it could not compute anything`,
          };
          continue;
        }
        if (!share) continue;
        for (const container of running) {
          if (only !== undefined && container.name !== only) continue;
          const { requests, limits } = container.spec.resources ?? {};
          if (own(requests, resource) !== undefined || own(limits, resource) !== undefined) continue;
          const given = defaultRequest(model, namespace, resource);
          const effect =
            given === undefined
              ? 'it could not compute anything'
              : `the share would be of what LimitRange ${given}`;
          yield {
            object,
            path,
            message: `it scales on a share of the ${resource} request, and container ${container.name} of ${kind} ${name} makes none: ${effect}`,
            ...(given === undefined ? {} : { severity: 'warning' as const }),
          };
        }
      }
    }
  },
};
