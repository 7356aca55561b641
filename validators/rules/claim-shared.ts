import type { Deployment } from '../model/kubernetes.ts';
import type { Model } from '../model/model.ts';
import { joinPath, type Workload } from '../model/workload.ts';
import type { Problem, Rule } from './rule.ts';

/** True for a workload whose pods are bound to one node: by name, or beside others of a host. */
function onOneNode({ pod }: Workload): boolean {
  const beside = pod.affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  return (
    pod.nodeName !== undefined ||
    pod.nodeSelector?.['kubernetes.io/hostname'] !== undefined ||
    beside.some(({ topologyKey }) => topologyKey === 'kubernetes.io/hostname')
  );
}

/** Where a Deployment says that its new pod starts before the old one is gone; undefined where it waits. */
function overlapOf({ kind, object }: Workload, otherwise: string): string | undefined {
  if (kind !== 'Deployment') return undefined;
  const { strategy } = (object as unknown as Deployment).spec ?? {};
  const surge = strategy?.rollingUpdate?.maxSurge;
  if (strategy?.type === 'Recreate' || surge === 0 || surge === '0' || surge === '0%') return undefined;
  return strategy?.type === undefined ? otherwise : 'spec.strategy.type';
}

/** The claim that keeps a new pod of a workload from starting beside the old one; undefined where none does. */
export function claimBetween(
  model: Model,
  workload: Workload,
  nodes: number | undefined,
): string | undefined {
  if (overlapOf(workload, '') === undefined) return undefined;
  const wanted = (workload.pod.volumes ?? []).map(
    ({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName,
  );
  return model.claims.find(({ name, namespace, typed }) => {
    if (namespace !== workload.namespace || !wanted.includes(name)) return false;
    const modes = typed.spec?.accessModes ?? [];
    if (modes.includes('ReadWriteOncePod')) return true;
    return (
      modes.length > 0 &&
      modes.every((mode) => mode === 'ReadWriteOnce') &&
      nodes !== undefined &&
      nodes > 1 &&
      !onOneNode(workload)
    );
  })?.name;
}

/** A ReadWriteOnce claim is wanted by pods on several nodes, or by the old and the new pod of a rolling update. */
export const claimShared: Rule = {
  id: 'claim-shared',
  severity: 'error',
  family: 'scaling',
  title: 'a ReadWriteOnce claim is wanted by several pods at a time',
  *check({ model, environment }): Iterable<Problem> {
    const nodes = environment?.nodes.reduce((sum, { count }) => sum + count, 0);
    // Without an environment nobody knows whether the pods would meet on one node.
    const doubt = nodes === undefined ? { severity: 'warning' as const } : {};
    for (const claim of model.claims) {
      const modes = claim.typed.spec?.accessModes ?? [];
      if (modes.length === 0) continue;
      if (!modes.every((mode) => mode === 'ReadWriteOnce' || mode === 'ReadWriteOncePod')) continue;
      const onePod = modes.includes('ReadWriteOncePod');
      if (nodes === 1 && !onePod) continue;
      const where = onePod ? 'one pod at a time may have it' : 'on another node';
      const users = model.workloads.flatMap((workload) => {
        const index = (workload.pod.volumes ?? []).findIndex(
          (volume) => volume.persistentVolumeClaim?.claimName === claim.name,
        );
        if (workload.namespace !== claim.namespace || index < 0) return [];
        if (!onePod && onOneNode(workload)) return [];
        const path = `spec.volumes[${index}].persistentVolumeClaim.claimName`;
        return [{ workload, path: joinPath(workload.templatePath, path) }];
      });
      const named = `claim ${claim.name} (${modes.join(', ')})`;
      for (const { workload, path } of users) {
        const overlap = overlapOf(workload, path);
        if (overlap !== undefined) {
          yield {
            object: workload.object,
            path: overlap,
            message: `it updates by starting the new pod beside the old one, and both want ${named}: ${where}${onePod ? ', so the new one' : ' the new one'} would wait for ever; use Recreate`,
            ...doubt,
          };
        }
        if (workload.replicas.max > 1 && workload.kind !== 'DaemonSet') {
          yield {
            object: workload.object,
            path,
            message: `${workload.replicas.max} replicas want ${named}: ${onePod ? `${where}, so` : 'on different nodes'} all but one would stay in ContainerCreating`,
          };
        }
      }
      const [first, ...others] = users;
      for (const { workload, path } of others) {
        yield {
          object: workload.object,
          path,
          message: `${named} is ${first?.workload.kind} ${first?.workload.name}'s too: ${where}${onePod ? ', so the pod' : ' the pod'} would stay in ContainerCreating`,
          ...doubt,
        };
      }
    }
  },
};
