import { joinPath } from '../model/workload.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Rule } from './rule.ts';

/** A pod mounts a PersistentVolumeClaim that is not there. */
export const claimMissing: Rule = {
  id: 'claim-missing',
  severity: 'error',
  family: 'references',
  title: 'a pod mounts a claim that is not there',
  *check({ model }) {
    for (const { object, pod, namespace, templatePath } of model.workloads) {
      const names = model.names('', 'PersistentVolumeClaim', namespace);
      for (const [index, volume] of (pod.volumes ?? []).entries()) {
        const claim = volume.persistentVolumeClaim?.claimName;
        if (claim === undefined || names.includes(claim)) continue;
        // A claim that a StatefulSet's template makes has its pod's name behind it.
        const made = model.workloads.some(
          (workload) =>
            workload.namespace === namespace &&
            workload.claimTemplates.some((template) =>
              new RegExp(`^${template}-${workload.name}-\\d+$`).test(claim),
            ),
        );
        if (made) continue;
        yield {
          object,
          path: joinPath(templatePath, `spec.volumes[${index}].persistentVolumeClaim.claimName`),
          message:
            `volume ${volume.name} is claim ${claim}, which is not in namespace ${namespace}${didYouMean(claim, names)}: ` +
            'the pod would stay Pending',
        };
      }
    }
  },
};
