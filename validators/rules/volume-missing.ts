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
        const mounts = [
          ...(spec.volumeMounts ?? []).map(({ name, mountPath }, index) => ({
            name,
            place: mountPath,
            field: `volumeMounts[${index}].name`,
          })),
          ...(spec.volumeDevices ?? []).map(({ name, devicePath }, index) => ({
            name,
            place: devicePath,
            field: `volumeDevices[${index}].name`,
          })),
        ];
        for (const { name, place, field } of mounts) {
          if (names.includes(name)) continue;
          yield {
            object,
            path: joinPath(path, field),
            message:
              `container ${container} mounts volume ${name} at ${place}, and the pod has ` +
              `${names.join(', ') || 'no volumes'}${didYouMean(name, names)}: the API server would refuse it`,
          };
        }
      }
    }
  },
};
