import type { KubernetesObject } from '../render/objects.ts';
import { readQuantity } from './quantity.ts';

/** What a set of objects asks of a cluster. */
export interface Asks {
  readonly objects: number;
  /** Pods at rest and Jobs at their start: each workload's replicas, each Job's and CronJob's one run. */
  readonly pods: number;
  /** Cores requested by these pods. */
  readonly cpu: number;
  /** Bytes of memory requested by these pods. */
  readonly memory: number;
  /** Bytes of the claims, those of volumeClaimTemplates included. */
  readonly storage: number;
}

interface Container {
  readonly resources?: { readonly requests?: Readonly<Record<string, string | number>> };
  readonly restartPolicy?: string;
}

interface PodSpec {
  readonly containers?: readonly Container[];
  readonly initContainers?: readonly Container[];
}

interface Claim {
  readonly spec?: { readonly resources?: { readonly requests?: { readonly storage?: string } } };
}

interface Spec {
  readonly replicas?: number;
  readonly parallelism?: number;
  readonly minReplicas?: number;
  readonly scaleTargetRef?: { readonly kind: string; readonly name: string };
  readonly template?: { readonly spec?: PodSpec };
  readonly jobTemplate?: {
    readonly spec?: { readonly parallelism?: number; readonly template?: { readonly spec?: PodSpec } };
  };
  readonly volumeClaimTemplates?: readonly Claim[];
}

/**
 * What one pod requests: its containers together, or its largest initContainer where that is more; sidecars
 * (initContainers that restart) run beside both.
 * Source: kubernetes.io/docs/concepts/workloads/pods/sidecar-containers, "resource sharing within containers".
 */
export function podRequest(pod: PodSpec, resource: 'cpu' | 'memory'): number {
  const of = (container: Container) => readQuantity(container.resources?.requests?.[resource]) ?? 0;
  let sidecars = 0;
  let peak = 0;
  for (const container of pod.initContainers ?? []) {
    if (container.restartPolicy === 'Always') {
      sidecars += of(container);
      peak = Math.max(peak, sidecars);
    } else peak = Math.max(peak, sidecars + of(container));
  }
  const running = (pod.containers ?? []).reduce((sum, container) => sum + of(container), 0);
  return Math.max(peak, running + sidecars);
}

/** Adds up what the objects of one target ask; a DaemonSet is counted once for each of `nodes`. */
export function addUp(objects: readonly KubernetesObject[], nodes: number): Asks {
  const scaled = new Map<string, number>();
  for (const object of objects) {
    if (object.kind !== 'HorizontalPodAutoscaler') continue;
    const { scaleTargetRef, minReplicas = 1 } = (object.spec ?? {}) as Spec;
    if (scaleTargetRef === undefined) continue;
    scaled.set(
      `${object.metadata.namespace ?? ''} ${scaleTargetRef.kind} ${scaleTargetRef.name}`,
      minReplicas,
    );
  }
  let [pods, cpu, memory, storage] = [0, 0, 0, 0];
  for (const object of objects) {
    const spec = (object.spec ?? {}) as Spec;
    const claim = (template: Claim, count: number) => {
      storage += count * (readQuantity(template.spec?.resources?.requests?.storage) ?? 0);
    };
    const run = (pod: PodSpec | undefined, count: number) => {
      if (pod === undefined) return;
      pods += count;
      cpu += count * podRequest(pod, 'cpu');
      memory += count * podRequest(pod, 'memory');
    };
    switch (object.kind) {
      case 'Deployment':
      case 'StatefulSet': {
        const { namespace = '', name } = object.metadata;
        const least = scaled.get(`${namespace} ${object.kind} ${name}`) ?? 0;
        const count = Math.max(spec.replicas ?? Math.max(least, 1), least);
        run(spec.template?.spec, count);
        for (const template of spec.volumeClaimTemplates ?? []) claim(template, count);
        break;
      }
      case 'DaemonSet':
        run(spec.template?.spec, nodes);
        break;
      case 'Job':
        run(spec.template?.spec, spec.parallelism ?? 1);
        break;
      case 'CronJob':
        run(spec.jobTemplate?.spec?.template?.spec, spec.jobTemplate?.spec?.parallelism ?? 1);
        break;
      case 'PersistentVolumeClaim':
        claim(object as Claim, 1);
        break;
    }
  }
  return { objects: objects.length, pods, cpu, memory, storage };
}
