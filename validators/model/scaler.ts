import type { KubernetesObject } from '../render/objects.ts';
import type { Model } from './model.ts';
import { namespaceOf } from './model.ts';
import type { Workload } from './workload.ts';

/** What sets a workload's replicas by itself: a HorizontalPodAutoscaler, or KEDA's ScaledObject, which makes one. */
export interface Scaler {
  readonly object: KubernetesObject;
  readonly namespace: string;
  readonly name: string;
  readonly target: { readonly apiVersion: string | undefined; readonly kind: string; readonly name: string };
  readonly min: number;
  readonly max: number | undefined;
  /** Where the least is said, and the most. */
  readonly paths: { readonly min: string; readonly max: string };
}

interface Spec {
  readonly scaleTargetRef?: { readonly apiVersion?: string; readonly kind?: string; readonly name?: string };
  readonly minReplicas?: number;
  readonly maxReplicas?: number;
  readonly minReplicaCount?: number;
  readonly maxReplicaCount?: number;
}

/** Every scaler of a target. */
export function scalersOf(model: Model): Scaler[] {
  const read = (object: KubernetesObject, keda: boolean): Scaler => {
    const spec = (object.spec ?? {}) as Spec;
    const {
      apiVersion = keda ? 'apps/v1' : undefined,
      kind = keda ? 'Deployment' : '',
      name = '',
    } = spec.scaleTargetRef ?? {};
    return {
      object,
      namespace: namespaceOf(object),
      name: object.metadata.name,
      target: { apiVersion, kind, name },
      min: keda ? (spec.minReplicaCount ?? 0) : (spec.minReplicas ?? 1),
      max: keda ? (spec.maxReplicaCount ?? 100) : spec.maxReplicas,
      paths: keda
        ? { min: 'spec.minReplicaCount', max: 'spec.maxReplicaCount' }
        : { min: 'spec.minReplicas', max: 'spec.maxReplicas' },
    };
  };
  return [
    ...model.all('autoscaling', 'HorizontalPodAutoscaler').map((object) => read(object, false)),
    ...model.all('keda.sh', 'ScaledObject').map((object) => read(object, true)),
  ];
}

/** The workload that a scaler scales, where the target has it. */
export function scaled(model: Model, { namespace, target }: Scaler): Workload | undefined {
  return model.workloads.find(
    (one) => one.namespace === namespace && one.kind === target.kind && one.name === target.name,
  );
}
