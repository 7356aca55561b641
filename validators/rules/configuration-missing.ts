import { configurationUses } from '../model/uses.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Rule } from './rule.ts';

/** A pod names a ConfigMap or Secret that nothing in the target makes. */
export const configurationMissing: Rule = {
  id: 'configuration-missing',
  severity: 'error',
  family: 'references',
  title: 'a pod uses a ConfigMap or Secret that is not there',
  *check({ model }) {
    for (const workload of model.workloads) {
      const seen = new Set<string>();
      for (const { kind, name, optional, path, by } of configurationUses(workload)) {
        if (optional || name === '' || model.configuration(kind, workload.namespace, name)) continue;
        if (seen.has(`${kind} ${name}`)) continue;
        seen.add(`${kind} ${name}`);
        const names = model.configurations
          .filter((candidate) => candidate.kind === kind && candidate.namespace === workload.namespace)
          .map((candidate) => candidate.name);
        yield {
          object: workload.object,
          path,
          message:
            `${by} uses ${kind} ${name}, which nothing makes in namespace ${workload.namespace}${didYouMean(name, names)}: ` +
            'the pod would wait in CreateContainerConfigError or ContainerCreating for ever',
        };
      }
    }
  },
};
