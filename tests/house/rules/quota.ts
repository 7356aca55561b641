import type { KubernetesObject } from '@plumbline/validators';
import { formatBytes, formatCores, parseQuantity } from '@plumbline/validators';
import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import type { IStatefulSet } from 'kubernetes-models/apps/v1/StatefulSet';
import type { IHorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import type { ICronJob } from 'kubernetes-models/batch/v1/CronJob';
import type { IJob } from 'kubernetes-models/batch/v1/Job';
import type { IContainer } from 'kubernetes-models/v1/Container';
import type { ILimitRange } from 'kubernetes-models/v1/LimitRange';
import type { IPersistentVolumeClaim } from 'kubernetes-models/v1/PersistentVolumeClaim';
import type { IResourceQuota } from 'kubernetes-models/v1/ResourceQuota';
import type { IService } from 'kubernetes-models/v1/Service';
import { containers, type Workload, workloads } from '../objects.ts';
import { type HouseRule, type Violation, violation } from '../violation.ts';

const inNamespace = (objects: readonly KubernetesObject[], name: string) =>
  objects.filter(({ metadata }) => metadata.namespace === name);

/** Every namespace has one ResourceQuota and one LimitRange. */
export const quotaAndLimits: HouseRule = ({ objects }) =>
  objects
    .filter(({ kind }) => kind === 'Namespace')
    .flatMap((namespace) =>
      ['ResourceQuota', 'LimitRange'].flatMap((kind) => {
        const count = inNamespace(objects, namespace.metadata.name).filter(
          (object) => object.kind === kind,
        ).length;
        return count === 1 ? [] : [violation(namespace, '', `it must have one ${kind}, and has ${count}`)];
      }),
    );

type Amounts = Record<string, number>;

const plus = (a: Amounts, b: Amounts, times = 1): Amounts => {
  const sum = { ...a };
  for (const [name, amount] of Object.entries(b)) sum[name] = (sum[name] ?? 0) + times * amount;
  return sum;
};

/** What the seeds' `kubectl scale` commands ask for; the guides have them as written, one after the other. */
const seedsScaleTo: Readonly<Record<string, number>> = {
  'feastflow Deployment/feastflow-backend': 5,
  'lambda Deployment/lambda-consumer': 5,
  'preempt Deployment/api': 5,
  'streaming Deployment/flink-taskmanager': 5,
  'streaming StatefulSet/kafka': 5,
};

/**
 * The quota admits what the namespace holds: the workloads at the most that their autoscalers make of them, those that
 * the seeds scale by hand at their numbers, and the workloads at rest while every Deployment rolls at once, which a
 * change of a common label makes them do.
 */
export const quotaAdmits: HouseRule = ({ objects }) =>
  objects
    .filter(({ kind }) => kind === 'ResourceQuota')
    .flatMap((quota) => {
      const { hard = {} } = (quota as unknown as IResourceQuota).spec ?? {};
      const inside = inNamespace(objects, quota.metadata.namespace ?? '');
      const moments = {
        'scaled to the most': used(inside, 'most', false),
        'scaled as in the seed': used(inside, 'seed', false),
        'while every Deployment rolls': used(inside, 'least', true),
      };
      return Object.entries(hard).flatMap(([name, limit]): Violation[] => {
        const most = parseQuantity(limit);
        for (const [moment, amounts] of Object.entries(moments)) {
          const amount = amounts[name];
          if (amount === undefined || amount <= most + 1e-9) continue;
          const written = name.includes('cpu')
            ? formatCores
            : /memory|storage/.test(name)
              ? formatBytes
              : String;
          const message = `the namespace uses ${written(amount)} ${moment}, and the quota is ${limit}`;
          return [violation(quota, `spec.hard["${name}"]`, message)];
        }
        return [];
      });
    });

type Scaled = 'least' | 'most' | 'seed';

function used(objects: readonly KubernetesObject[], scaled: Scaled, rolling: boolean): Amounts {
  let sum: Amounts = { 'services.nodeports': 0, 'services.loadbalancers': 0 };
  for (const workload of workloads(objects)) {
    const count = replicas(workload.object, objects, scaled);
    sum = plus(sum, podAmounts(workload), count + (rolling ? surge(workload.object, count) : 0));
    const templates =
      workload.object.kind === 'StatefulSet'
        ? ((workload.object as unknown as IStatefulSet).spec?.volumeClaimTemplates ?? [])
        : [];
    for (const template of templates) sum = plus(sum, claimAmounts(template), count);
  }
  for (const object of objects) {
    if (object.kind === 'PersistentVolumeClaim') {
      sum = plus(sum, claimAmounts(object as unknown as IPersistentVolumeClaim));
    }
    if (object.kind === 'Service') {
      const { type, ports = [] } = (object as unknown as IService).spec ?? {};
      sum = plus(sum, { services: 1 });
      if (type === 'LoadBalancer') sum = plus(sum, { 'services.loadbalancers': 1 });
      if (type === 'NodePort' || type === 'LoadBalancer')
        sum = plus(sum, { 'services.nodeports': ports.length });
    }
    const counted = { ConfigMap: 'configmaps', Secret: 'secrets', ExternalSecret: 'secrets' }[object.kind];
    if (counted !== undefined) sum = plus(sum, { [counted]: 1 });
  }
  return sum;
}

function claimAmounts({ spec }: Pick<IPersistentVolumeClaim, 'spec'>): Amounts {
  return {
    persistentvolumeclaims: 1,
    'requests.storage': parseQuantity(spec?.resources?.requests?.storage ?? 0),
  };
}

/** What one pod counts for: its containers together, or its largest initContainer where that is more. */
function podAmounts(workload: Workload): Amounts {
  const amounts: Amounts = { pods: 1 };
  const placed = containers(workload);
  for (const which of ['requests', 'limits'] as const) {
    for (const resource of ['cpu', 'memory']) {
      const of = (container: IContainer) => parseQuantity(container.resources?.[which]?.[resource] ?? 0);
      let [sidecars, peak, running] = [0, 0, 0];
      for (const { container, list } of placed) {
        if (list === 'containers') running += of(container);
        else if (container.restartPolicy === 'Always') sidecars += of(container);
        else peak = Math.max(peak, sidecars + of(container));
      }
      const amount = Math.max(peak, running + sidecars);
      amounts[`${which}.${resource}`] = amount;
      if (which === 'requests') amounts[resource] = amount;
    }
  }
  return amounts;
}

function replicas(object: KubernetesObject, objects: readonly KubernetesObject[], scaled: Scaled): number {
  const system = object.metadata.labels?.['app.kubernetes.io/part-of'];
  const seed = seedsScaleTo[`${system} ${object.kind}/${object.metadata.name}`];
  if (scaled === 'seed' && seed !== undefined) return seed;
  switch (object.kind) {
    case 'Job':
      return (object as unknown as IJob).spec?.parallelism ?? 1;
    case 'CronJob': {
      const { spec } = object as unknown as ICronJob;
      // Runs that may overlap are two at least.
      const runs = spec?.concurrencyPolicy === 'Forbid' || spec?.concurrencyPolicy === 'Replace' ? 1 : 2;
      return runs * (spec?.jobTemplate.spec?.parallelism ?? 1);
    }
    default: {
      const scaler = objects
        .filter(({ kind }) => kind === 'HorizontalPodAutoscaler')
        .map((candidate) => (candidate as unknown as IHorizontalPodAutoscaler).spec)
        .find(
          (spec) =>
            spec?.scaleTargetRef.kind === object.kind && spec.scaleTargetRef.name === object.metadata.name,
        );
      if (scaler !== undefined) return scaled === 'most' ? scaler.maxReplicas : (scaler.minReplicas ?? 1);
      return (object as unknown as IDeployment).spec?.replicas ?? 1;
    }
  }
}

/** The pods beyond its replicas that a Deployment may have while it rolls. */
function surge(object: KubernetesObject, count: number): number {
  if (object.kind !== 'Deployment') return 0;
  const { strategy } = (object as unknown as IDeployment).spec ?? {};
  if (strategy?.type === 'Recreate') return 0;
  const most = strategy?.rollingUpdate?.maxSurge ?? '25%';
  return typeof most === 'number' ? most : Math.ceil((count * Number.parseInt(most, 10)) / 100);
}

/** The LimitRange admits each container. */
export const limitRangeAdmits: HouseRule = ({ objects }) =>
  objects
    .filter(({ kind }) => kind === 'LimitRange')
    .flatMap((range) => {
      const limits = (range as unknown as ILimitRange).spec?.limits ?? [];
      const { max = {}, min = {} } = limits.find(({ type }) => type === 'Container') ?? {};
      return workloads(inNamespace(objects, range.metadata.namespace ?? '')).flatMap((workload) =>
        containers(workload).flatMap(({ container, path }) =>
          ['cpu', 'memory'].flatMap((resource): Violation[] => {
            const limit = container.resources?.limits?.[resource] ?? 0;
            const request = container.resources?.requests?.[resource] ?? 0;
            const found: Violation[] = [];
            if (max[resource] !== undefined && parseQuantity(limit) > parseQuantity(max[resource])) {
              const message = `${limit} of ${resource} is more than the LimitRange admits, ${max[resource]}`;
              found.push(violation(workload.object, `${path}.resources.limits`, message));
            }
            if (min[resource] !== undefined && parseQuantity(request) < parseQuantity(min[resource])) {
              const message = `${request} of ${resource} is less than the LimitRange admits, ${min[resource]}`;
              found.push(violation(workload.object, `${path}.resources.requests`, message));
            }
            return found;
          }),
        ),
      );
    });
