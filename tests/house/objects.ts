import type { KubernetesObject } from '@plumbline/validators';
import type { IContainer } from 'kubernetes-models/v1/Container';
import { type PodTemplate, podTemplate } from '../../facts/pods.ts';

const withPods = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob']);
const longRunning = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);

/** A workload with its pod template. */
export interface Workload extends PodTemplate {
  readonly object: KubernetesObject;
  readonly longRunning: boolean;
}

/** One container of a workload, and where it stands. */
export interface PlacedContainer {
  readonly container: IContainer;
  readonly path: string;
  readonly list: 'containers' | 'initContainers';
}

export function workloads(objects: readonly KubernetesObject[]): Workload[] {
  return objects
    .filter(({ kind }) => withPods.has(kind))
    .map((object) => ({ object, ...podTemplate(object), longRunning: longRunning.has(object.kind) }));
}

/** Every container of a workload, the initContainers first, as they start. */
export function containers({ spec, path }: PodTemplate): PlacedContainer[] {
  return (['initContainers', 'containers'] as const).flatMap((list) =>
    (spec[list] ?? []).map((container, index) => ({
      container,
      path: `${path}.spec.${list}[${index}]`,
      list,
    })),
  );
}

/** The spec of an object as plain fields. */
export function specOf(object: KubernetesObject): Record<string, unknown> {
  return (object.spec ?? {}) as Record<string, unknown>;
}

/** Every selector in a value, with its path: what chooses pods or objects by their labels. */
export function selectors(value: unknown, path = ''): { path: string; labels: Record<string, unknown> }[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => selectors(item, `${path}[${index}]`));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, below]) => {
    const here = path === '' ? key : `${path}.${key}`;
    if (!/^(?:selector|podSelector|labelSelector)$/.test(key)) return selectors(below, here);
    return [{ path: here, labels: labelsOf(below) }];
  });
}

/** The labels that a selector speaks of: plain, by matchLabels or by matchExpressions. */
function labelsOf(selector: unknown): Record<string, unknown> {
  const {
    matchLabels,
    matchExpressions = [],
    ...plain
  } = (selector ?? {}) as {
    matchLabels?: Record<string, unknown>;
    matchExpressions?: readonly { key: string; values?: unknown }[];
  };
  return {
    ...plain,
    ...matchLabels,
    ...Object.fromEntries(matchExpressions.map(({ key, values }) => [key, values])),
  };
}

/** Labels that the cluster gives a pod itself. */
const givenByCluster = new Set(['statefulset.kubernetes.io/pod-name', 'apps.kubernetes.io/pod-index']);

/** The workloads whose pods a Service chooses. */
export function selectedBy(service: KubernetesObject, all: readonly Workload[]): Workload[] {
  const selector = (specOf(service).selector ?? {}) as Readonly<Record<string, string>>;
  const wanted = Object.entries(selector).filter(([key]) => !givenByCluster.has(key));
  return all.filter(
    ({ object, labels }) =>
      object.metadata.namespace === service.metadata.namespace &&
      wanted.every(([key, value]) => labels[key] === value),
  );
}
