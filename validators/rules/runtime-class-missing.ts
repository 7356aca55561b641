import { joinPath } from '../model/workload.ts';
import { missingObject } from './cluster-objects.ts';
import type { Rule } from './rule.ts';

/** A pod asks for a RuntimeClass that neither the target nor the environment has. */
export const runtimeClassMissing: Rule = {
  id: 'runtime-class-missing',
  severity: 'error',
  family: 'references',
  title: 'a pod asks for a RuntimeClass that is not there',
  *check(context) {
    for (const { object, pod, templatePath } of context.model.workloads) {
      const name = pod.runtimeClassName ?? '';
      // No cluster has one by itself.
      const missing =
        name === '' ? undefined : missingObject(context, 'node.k8s.io', 'RuntimeClass', undefined, name);
      if (missing === undefined) continue;
      yield {
        object,
        path: joinPath(templatePath, 'spec.runtimeClassName'),
        message: `there is no RuntimeClass ${name}${missing.hint}: admission would refuse each pod, and none would be created`,
        severity: missing.severity,
      };
    }
  },
};
