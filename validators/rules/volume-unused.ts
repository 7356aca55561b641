import { joinPath } from '../model/workload.ts';
import type { Rule } from './rule.ts';

/** A pod has a volume, or a claim of its own, that none of its containers mounts: most often the mount is missing, or named for another. */
export const volumeUnused: Rule = {
  id: 'volume-unused',
  severity: 'warning',
  family: 'references',
  title: 'a pod has a volume that no container mounts',
  *check({ model }) {
    for (const { object, pod, containers, templatePath, claimTemplates } of model.workloads) {
      const mounted = new Set(
        containers.flatMap(({ spec }) => [
          ...(spec.volumeMounts ?? []).map(({ name }) => name),
          ...(spec.volumeDevices ?? []).map(({ name }) => name),
        ]),
      );
      for (const [index, { name }] of (pod.volumes ?? []).entries()) {
        if (mounted.has(name)) continue;
        yield {
          object,
          path: joinPath(templatePath, `spec.volumes[${index}].name`),
          message: `no container mounts volume ${name}: what it holds reaches nobody`,
        };
      }
      for (const [index, name] of claimTemplates.entries()) {
        if (mounted.has(name)) continue;
        yield {
          object,
          path: `spec.volumeClaimTemplates[${index}].metadata.name`,
          message: `no container mounts what claim template ${name} gives each pod: a volume is made, paid for and left empty`,
        };
      }
    }
  },
};
