import { isHeadless } from '../graph/ports.ts';
import type { StatefulSet } from '../model/kubernetes.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Rule } from './rule.ts';

/** A StatefulSet's serviceName is not a headless Service that selects its pods. */
export const headlessServiceMissing: Rule = {
  id: 'headless-service-missing',
  severity: 'error',
  family: 'services',
  title: 'a StatefulSet has no headless Service that gives its pods their names',
  *check({ model }) {
    for (const workload of model.workloads) {
      if (workload.kind !== 'StatefulSet') continue;
      const name = (workload.object as unknown as StatefulSet).spec?.serviceName;
      if (name === undefined || name === '') continue;
      const service = model.service(workload.namespace, name);
      const path = 'spec.serviceName';
      const object = workload.object;
      const effect = `${workload.name}-0.${name} would not resolve`;
      if (service === undefined) {
        const headless = model.services
          .filter((candidate) => candidate.namespace === workload.namespace && isHeadless(candidate))
          .map((candidate) => candidate.name);
        yield {
          object,
          path,
          message: `there is no Service ${name} in namespace ${workload.namespace}${didYouMean(name, headless)}: ${effect}`,
        };
      } else if (!isHeadless(service)) {
        yield {
          object: service.object,
          path: 'spec.clusterIP',
          message: `StatefulSet ${workload.name} has it as its serviceName, and it is not headless (clusterIP: None): ${effect}`,
        };
      } else if (!model.behind(service).includes(workload)) {
        yield {
          object: service.object,
          path: 'spec.selector',
          message: `StatefulSet ${workload.name} has it as its serviceName, and it does not select its pods: ${effect}`,
        };
      }
    }
  },
};
