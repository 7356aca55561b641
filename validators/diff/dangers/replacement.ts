import type { KubernetesObject } from '../../render/objects.ts';
import type { Change } from '../change.ts';
import type { ObjectChange } from '../compare-objects.ts';
import { pathText } from '../path.ts';

const rolling = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);

/** True for what replaces its pods by itself once their template is another. */
export function isRolling({ kind }: KubernetesObject): boolean {
  return rolling.has(kind);
}

/** What of a change makes the pods of a workload others: empty where they stay as they are. */
export function changesOfPods({ before, after, changes }: ObjectChange): readonly Change[] {
  if (before === undefined || after === undefined || !isRolling(after)) return [];
  return changes.filter(
    (change) =>
      !(change.kind === 'changed' && change.same !== undefined) &&
      pathText(change.path).startsWith('spec.template.'),
  );
}

/** How a workload replaces its pods, as far as it may keep them. */
interface Strategy {
  readonly paused?: boolean;
  readonly replicas?: number;
  readonly ordinals?: { readonly start?: number };
  readonly updateStrategy?: {
    readonly type?: string;
    readonly rollingUpdate?: { readonly partition?: number } | null;
  };
}

/** Why a workload whose template is another leaves pods as they are, and where that stands; undefined where it replaces all. */
export function keptBy({ kind, spec }: KubernetesObject): { path: string; reason: string } | undefined {
  const { paused, replicas = 1, ordinals, updateStrategy } = (spec ?? {}) as Strategy;
  if (kind === 'Deployment')
    return paused === true
      ? { path: 'spec.paused', reason: 'it is paused, and none of its pods is replaced until it is not' }
      : undefined;
  if (updateStrategy?.type === 'OnDelete')
    return {
      path: 'spec.updateStrategy.type',
      reason:
        'its updateStrategy is OnDelete, and each pod keeps the older template until somebody deletes it',
    };
  const { partition = 0 } = updateStrategy?.rollingUpdate ?? {};
  const first = ordinals?.start ?? 0;
  if (kind !== 'StatefulSet' || partition <= first) return undefined;
  return {
    path: 'spec.updateStrategy.rollingUpdate.partition',
    reason:
      partition >= first + replicas
        ? `its partition is ${partition}, and none of its pods has so high an ordinal: all keep the older template`
        : `its partition is ${partition}, and the pods with lower ordinals keep the older template`,
  };
}
