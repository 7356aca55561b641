import type { Deployment } from '../model/kubernetes.ts';
import { joinPath } from '../model/workload.ts';
import type { Rule } from './rule.ts';

/** A ReadWriteOnce claim is wanted by pods on several nodes, or by the old and the new pod of a rolling update. */
export const claimShared: Rule = {
  id: 'claim-shared',
  severity: 'error',
  family: 'scaling',
  title: 'a ReadWriteOnce claim is wanted by several pods at a time',
  *check({ model, environment }) {
    const nodes = environment?.nodes.reduce((sum, { count }) => sum + count, 0);
    for (const claim of model.claims) {
      const modes = claim.typed.spec?.accessModes ?? [];
      if (!modes.every((mode) => mode === 'ReadWriteOnce' || mode === 'ReadWriteOncePod')) continue;
      const users = model.workloads.flatMap((workload) => {
        if (workload.namespace !== claim.namespace) return [];
        const index = (workload.pod.volumes ?? []).findIndex(
          (volume) => volume.persistentVolumeClaim?.claimName === claim.name,
        );
        return index < 0
          ? []
          : [
              {
                workload,
                path: joinPath(
                  workload.templatePath,
                  `spec.volumes[${index}].persistentVolumeClaim.claimName`,
                ),
              },
            ];
      });
      for (const { workload, path } of users) {
        const { strategy, replicas: _ } = ((workload.object as unknown as Deployment).spec ??
          {}) as NonNullable<Deployment['spec']>;
        const rolling = workload.kind === 'Deployment' && strategy?.type !== 'Recreate';
        const surge = strategy?.rollingUpdate?.maxSurge;
        if (rolling && surge !== 0 && surge !== '0%' && nodes !== 1) {
          yield {
            object: workload.object,
            path: 'spec.strategy.type',
            message: `it updates by starting the new pod beside the old one, and both want claim ${claim.name} (${modes.join(', ')}): on another node the new one would wait for ever; use Recreate`,
          };
        }
        if (workload.replicas.max > 1 && nodes !== 1) {
          yield {
            object: workload.object,
            path,
            message: `${workload.replicas.max} replicas want claim ${claim.name} (${modes.join(', ')}): on different nodes all but one would stay in ContainerCreating`,
          };
        }
      }
      if (users.length > 1 && nodes !== 1 && nodes !== undefined) {
        const [first, ...others] = users;
        for (const { workload, path } of others) {
          yield {
            object: workload.object,
            path,
            message: `claim ${claim.name} (${modes.join(', ')}) is ${first?.workload.kind} ${first?.workload.name}'s too: on another node the pod would stay in ContainerCreating`,
          };
        }
      }
    }
  },
};
