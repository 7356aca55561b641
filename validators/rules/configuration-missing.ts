import { configurationUses } from '../model/uses.ts';
import { missingConfiguration } from './missing-configuration.ts';
import type { Rule } from './rule.ts';

/** A pod names a ConfigMap or Secret that nothing in the target makes. */
export const configurationMissing: Rule = {
  id: 'configuration-missing',
  severity: 'error',
  family: 'references',
  title: 'a pod uses a ConfigMap or Secret that is not there',
  *check(context) {
    for (const workload of context.model.workloads) {
      const { object, namespace } = workload;
      const seen = new Set<string>();
      for (const { kind, name, optional, path, by } of configurationUses(workload)) {
        if (optional || name === '' || seen.has(`${kind} ${name}`)) continue;
        seen.add(`${kind} ${name}`);
        const missing = missingConfiguration(context, kind, namespace, name);
        if (missing === undefined) continue;
        const state = by.startsWith('volume') ? 'ContainerCreating' : 'CreateContainerConfigError';
        yield {
          object,
          path,
          message:
            `${by} uses ${kind} ${name}, which nothing makes in namespace ${namespace}${missing.hint}: ` +
            `the pod would wait in ${state} until somebody does`,
          severity: missing.severity,
        };
      }
    }
  },
};
