import { configurationUses } from '../model/uses.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Rule } from './rule.ts';

/** A pod names a key that its ConfigMap or Secret does not have. */
export const keyMissing: Rule = {
  id: 'key-missing',
  severity: 'error',
  family: 'references',
  title: 'a pod uses a key that its ConfigMap or Secret does not have',
  *check({ model }) {
    for (const workload of model.workloads) {
      for (const { kind, name, key, optional, path, keyPath = path, by } of configurationUses(workload)) {
        if (key === undefined || optional) continue;
        const configuration = model.configuration(kind, workload.namespace, name);
        if (configuration === undefined || configuration.open || configuration.values.has(key)) continue;
        const keys = [...configuration.values.keys()];
        const state = by.startsWith('volume') ? 'ContainerCreating' : 'CreateContainerConfigError';
        yield {
          object: workload.object,
          path: keyPath,
          message:
            `${by} uses key ${key} of ${kind} ${name}, which has ${keys.join(', ') || 'no keys'}` +
            `${didYouMean(key, keys)}: the pod would wait in ${state}`,
        };
      }
    }
  },
};
