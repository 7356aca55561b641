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
    for (const { object, pod, namespace, templatePath } of model.workloads) {
      const name = pod.serviceAccountName ?? pod.serviceAccount;
      const names = model.names('', 'ServiceAccount', namespace);
      if (name === undefined || name === '' || name === 'default' || names.includes(name)) continue;
      yield {
        object,
        path: joinPath(templatePath, 'spec.serviceAccountName'),
        message:
          `its pods run as ServiceAccount ${name}, which is not in namespace ${namespace}${didYouMean(name, names)}: ` +
          'no pod would be created',
      };
    }
  },
};
