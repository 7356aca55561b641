import { operatorMakes } from '../model/run-time.ts';
import { joinPath } from '../model/workload.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Rule } from './rule.ts';

/** A pod runs as a ServiceAccount that is not there. */
export const serviceAccountMissing: Rule = {
  id: 'service-account-missing',
  severity: 'error',
  family: 'references',
  title: 'a pod runs as a ServiceAccount that is not there',
  *check({ model }) {
    for (const { object, kind, pod, namespace, templatePath } of model.workloads) {
      const field = pod.serviceAccountName ? 'serviceAccountName' : 'serviceAccount';
      const name = pod[field] ?? '';
      // The controller manager makes the account default in every namespace.
      if (name === '' || name === 'default') continue;
      if (model.find('', 'ServiceAccount', namespace, name) !== undefined) continue;
      if (operatorMakes(model, namespace, name)) continue;
      const names = model.names('', 'ServiceAccount', namespace);
      yield {
        object,
        path: joinPath(templatePath, `spec.${field}`),
        message:
          `its pods run as ServiceAccount ${name}, which is not in namespace ${namespace}${didYouMean(name, names)}: ` +
          (kind === 'Pod'
            ? 'admission would refuse it'
            : 'admission would refuse each pod, and none would be created'),
      };
    }
  },
};
