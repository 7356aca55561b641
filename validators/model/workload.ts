import type { KubernetesObject } from '../render/objects.ts';
import type {
  ContainerSpec,
  CronJob,
  Deployment,
  HorizontalPodAutoscaler,
  Job,
  PodSpec,
  StatefulSet,
} from './kubernetes.ts';
import type { Labels } from './selectors.ts';

/** A container of a pod, with its place in the object. */
export interface Container {
  readonly name: string;
  /** A sidecar is an initContainer that keeps running. */
  readonly role: 'main' | 'init' | 'sidecar';
  readonly spec: ContainerSpec;
  /** As `spec.template.spec.containers[0]`. */
  readonly path: string;
}

/** Anything that runs pods. */
export interface Workload {
  readonly object: KubernetesObject;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  /** Labels of its pods. */
  readonly labels: Labels;
  readonly pod: PodSpec;
  /** Where the pod template stands, as `spec.template`; empty for a bare Pod. */
  readonly templatePath: string;
  readonly containers: readonly Container[];
  /** The fewest and the most pods at a time: its own number, or its autoscaler's range. */
  readonly replicas: { readonly min: number; readonly max: number };
  /** True for what is meant to run for ever: its pods can serve. */
  readonly serves: boolean;
  /** Names of the claims that a StatefulSet's pods get by template. */
  readonly claimTemplates: readonly string[];
}

interface Template {
  readonly metadata?: { readonly labels?: Labels | undefined } | undefined;
  readonly spec?: PodSpec | undefined;
}

interface Shape {
  readonly template: Template | undefined;
  readonly path: string;
  readonly replicas: number;
  readonly serves: boolean;
}

/** The pod template of an object, or undefined for one that runs no pods. */
function shapeOf(object: KubernetesObject): Shape | undefined {
  const group = object.apiVersion.includes('/') ? object.apiVersion.split('/')[0] : '';
  switch (`${group}/${object.kind}`) {
    case 'apps/Deployment':
    case 'apps/StatefulSet':
    case 'apps/ReplicaSet': {
      const { spec } = object as unknown as Deployment;
      return { template: spec?.template, path: 'spec.template', replicas: spec?.replicas ?? 1, serves: true };
    }
    case '/ReplicationController': {
      const { spec } = object as unknown as { spec?: { template?: Template; replicas?: number } };
      return { template: spec?.template, path: 'spec.template', replicas: spec?.replicas ?? 1, serves: true };
    }
    case 'apps/DaemonSet':
      return {
        template: (object as unknown as Deployment).spec?.template,
        path: 'spec.template',
        replicas: 1,
        serves: true,
      };
    case 'batch/Job': {
      const { spec } = object as unknown as Job;
      return {
        template: spec?.template,
        path: 'spec.template',
        replicas: spec?.parallelism ?? 1,
        serves: false,
      };
    }
    case 'batch/CronJob': {
      const job = (object as unknown as CronJob).spec?.jobTemplate?.spec;
      const path = 'spec.jobTemplate.spec.template';
      return { template: job?.template, path, replicas: job?.parallelism ?? 1, serves: false };
    }
    case '/Pod': {
      const template = object as unknown as Template;
      return { template, path: '', replicas: 1, serves: true };
    }
    default:
      return undefined;
  }
}

/** Joins two parts of a path, either of which may be empty. */
export function joinPath(a: string, b: string): string {
  if (a === '' || b === '') return a + b;
  return b.startsWith('[') ? `${a}${b}` : `${a}.${b}`;
}

/** The workload that an object is, or undefined for one that runs no pods. */
export function readWorkload(
  object: KubernetesObject,
  scalers: readonly HorizontalPodAutoscaler[],
): Workload | undefined {
  const shape = shapeOf(object);
  if (shape === undefined) return undefined;
  const pod: PodSpec = shape.template?.spec ?? { containers: [] };
  const containers: Container[] = [];
  for (const [list, init] of [
    ['initContainers', true],
    ['containers', false],
  ] as const) {
    for (const [index, spec] of (pod[list] ?? []).entries()) {
      const role = init ? (spec.restartPolicy === 'Always' ? 'sidecar' : 'init') : 'main';
      const path = joinPath(shape.path, `spec.${list}[${index}]`);
      containers.push({ name: spec.name, role, spec, path });
    }
  }
  const namespace = object.metadata.namespace ?? 'default';
  const scaler = scalers.find(
    ({ metadata, spec }) =>
      (metadata?.namespace ?? 'default') === namespace &&
      spec?.scaleTargetRef.kind === object.kind &&
      spec.scaleTargetRef.name === object.metadata.name,
  )?.spec;
  const templates =
    object.kind === 'StatefulSet' ? (object as unknown as StatefulSet).spec?.volumeClaimTemplates : [];
  return {
    object,
    kind: object.kind,
    name: object.metadata.name,
    namespace,
    labels: shape.template?.metadata?.labels ?? {},
    pod,
    templatePath: shape.path,
    containers,
    replicas:
      scaler === undefined
        ? { min: shape.replicas, max: shape.replicas }
        : { min: scaler.minReplicas ?? 1, max: scaler.maxReplicas },
    serves: shape.serves,
    claimTemplates: (templates ?? []).map((template) => template.metadata?.name ?? ''),
  };
}
