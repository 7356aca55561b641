import { operatorMakes } from '../model/run-time.ts';
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
    for (const { object, pod, namespace, templatePath, claimTemplates } of model.workloads) {
      const names = model.names('', 'PersistentVolumeClaim', namespace);
      for (const [index, volume] of (pod.volumes ?? []).entries()) {
        const claim = volume.persistentVolumeClaim?.claimName;
        if (claim === undefined || names.includes(claim)) continue;
        // A StatefulSet's own template takes the place of a volume of its name.
        if (claimTemplates.includes(volume.name) || operatorMakes(model, namespace, claim)) continue;
        // A claim that a StatefulSet's template makes has its pod's name behind it.
        const made = model.workloads
          .filter((workload) => workload.namespace === namespace)
          .flatMap(({ name, claimTemplates: templates, replicas }) =>
            templates.flatMap((template) =>
              Array.from(
                { length: Math.max(replicas.max, 1) },
                (_, ordinal) => `${template}-${name}-${ordinal}`,
              ),
            ),
          );
        if (made.includes(claim)) continue;
        yield {
          object,
          path: joinPath(templatePath, `spec.volumes[${index}].persistentVolumeClaim.claimName`),
          message:
            `volume ${volume.name} is claim ${claim}, which is not in namespace ${namespace}` +
            `${didYouMean(claim, [...names, ...made])}: the pod would stay Pending`,
        };
      }
    }
  },
};
