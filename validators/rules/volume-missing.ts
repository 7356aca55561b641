import { joinPath } from '../model/workload.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Rule } from './rule.ts';

/** A container mounts a volume that its pod does not have. */
export const volumeMissing: Rule = {
  id: 'volume-missing',
  severity: 'error',
  family: 'references',
  title: 'a container mounts a volume that its pod does not have',
  *check({ model }) {
    for (const { object, pod, containers, claimTemplates } of model.workloads) {
      const names = [...(pod.volumes ?? []).map(({ name }) => name), ...claimTemplates];
      for (const { name: container, spec, path } of containers) {
        for (const [index, mount] of (spec.volumeMounts ?? []).entries()) {
          if (names.includes(mount.name)) continue;
          yield {
            object,
            path: joinPath(path, `volumeMounts[${index}].name`),
            message:
              `container ${container} mounts volume ${mount.name} at ${mount.mountPath}, and the pod has ` +
              `${names.join(', ') || 'no volumes'}${didYouMean(mount.name, names)}: the API server would refuse it`,
          };
        }
      }
    }
  },
};
