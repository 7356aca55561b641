import type { KubernetesObject } from '@plumbline/validators';
import type { LiveObject } from '../cluster/live.ts';

/** What comes up one after the other; what is in no wave here comes last. */
const waves: readonly string[] = ['coordination', 'broker', 'database', 'stream', 'registry', 'schema'];
const last = 'everything else';

/** What is waited for together. */
export interface Wave {
  readonly name: string;
  readonly workloads: readonly KubernetesObject[];
}

const awaited = new Set(['Deployment', 'StatefulSet', 'Job']);

/**
 * The place of a workload in the order: by its component. A Job is of the schema's wave, whatever its component, unless it
 * gives work to a cluster that processes.
 */
export function rank({ kind, metadata }: Pick<LiveObject, 'kind' | 'metadata'>): number {
  const named = metadata.labels?.['app.kubernetes.io/component'];
  const component = kind === 'Job' && named !== 'processor' ? 'schema' : named;
  const index = component === undefined ? -1 : waves.indexOf(component);
  return index === -1 ? waves.length : index;
}

/** The workloads in the order in which they get ready: those that nobody scaled to nothing. */
export function waitOrder(objects: readonly KubernetesObject[]): Wave[] {
  const workloads = objects.filter(({ kind, spec }) => {
    return awaited.has(kind) && (spec as { replicas?: number } | undefined)?.replicas !== 0;
  });
  return [...waves, last].flatMap((name, index) => {
    const members = workloads.filter((workload) => rank(workload) === index);
    return members.length === 0 ? [] : [{ name, workloads: members }];
  });
}
