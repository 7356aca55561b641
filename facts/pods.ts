import type { KubernetesObject } from '@plumbline/validators';
import type { IDaemonSet } from 'kubernetes-models/apps/v1/DaemonSet';
import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import type { IStatefulSet } from 'kubernetes-models/apps/v1/StatefulSet';
import type { ICronJob } from 'kubernetes-models/batch/v1/CronJob';
import type { IJob } from 'kubernetes-models/batch/v1/Job';
import type { IContainer } from 'kubernetes-models/v1/Container';
import type { IPodSpec } from 'kubernetes-models/v1/PodSpec';

/** A workload's pod template, and where it stands in the object. */
export interface PodTemplate {
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: IPodSpec;
  readonly path: string;
}

/** The pod template of a workload. @throws Error for a kind that has none. */
export function podTemplate(object: KubernetesObject): PodTemplate {
  const read = (template: { metadata?: { labels?: unknown }; spec?: unknown } | undefined, path: string) => ({
    labels: (template?.metadata?.labels ?? {}) as Record<string, string>,
    spec: (template?.spec ?? { containers: [] }) as IPodSpec,
    path,
  });
  switch (object.kind) {
    case 'Deployment':
      return read((object as unknown as IDeployment).spec?.template, 'spec.template');
    case 'StatefulSet':
      return read((object as unknown as IStatefulSet).spec?.template, 'spec.template');
    case 'DaemonSet':
      return read((object as unknown as IDaemonSet).spec?.template, 'spec.template');
    case 'Job':
      return read((object as unknown as IJob).spec?.template, 'spec.template');
    case 'CronJob':
      return read(
        (object as unknown as ICronJob).spec?.jobTemplate.spec?.template,
        'spec.jobTemplate.spec.template',
      );
    default:
      throw new Error(`a ${object.kind} has no pods`);
  }
}

/**
 * One container of a workload: the first, or the one of that name (initContainers too).
 * @throws Error when there is none of that name.
 */
export function containerOf(
  object: KubernetesObject,
  name: string | undefined,
): { readonly container: IContainer; readonly path: string } {
  const { spec, path } = podTemplate(object);
  for (const list of ['containers', 'initContainers'] as const) {
    const containers = spec[list] ?? [];
    const index = name === undefined ? 0 : containers.findIndex((container) => container.name === name);
    const container = containers[index];
    if (container !== undefined) return { container, path: `${path}.spec.${list}[${index}]` };
  }
  throw new Error(`there is no container ${name ?? ''}`);
}
