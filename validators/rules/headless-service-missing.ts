import { isHeadless } from '../graph/ports.ts';
import type { StatefulSet } from '../model/kubernetes.ts';
import { type Model, selectsPods } from '../model/model.ts';
import { describeSelector } from '../model/selectors.ts';
import type { Workload } from '../model/workload.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Rule } from './rule.ts';

/** True when somebody in the target is told a name under the Service: `pod-0.service`, `$(hostname).service`. */
function isTold(model: Model, workload: Workload, service: string): boolean {
  const name = new RegExp(`[\\w)}"]\\.${service.replaceAll('.', '\\.')}(?![\\w-])`);
  const inPods = model.workloads.some(({ containers }) =>
    containers.some(({ spec }) => name.test(JSON.stringify([spec.command, spec.args, spec.env]))),
  );
  return (
    inPods ||
    model.configurations.some(
      ({ namespace, values }) =>
        namespace === workload.namespace &&
        [...values.values()].some((text) => text !== undefined && name.test(text)),
    )
  );
}

/** A StatefulSet's serviceName is not a headless Service that selects its pods. */
export const headlessServiceMissing: Rule = {
  id: 'headless-service-missing',
  severity: 'error',
  family: 'services',
  title: 'a StatefulSet has no headless Service that gives its pods their names',
  *check({ model }) {
    for (const workload of model.workloads) {
      if (workload.kind !== 'StatefulSet') continue;
      const name = (workload.object as unknown as StatefulSet).spec?.serviceName ?? '';
      if (name === '') continue;
      const service = model.service(workload.namespace, name);
      const told = isTold(model, workload, name);
      const effect = `${workload.name}-0.${name} would not resolve${told ? ', and the target says such names' : ''}`;
      if (service === undefined) {
        const headless = model.services.filter(
          (candidate) => candidate.namespace === workload.namespace && isHeadless(candidate),
        );
        // A headless Service of its own that it does not name is the one that it means.
        const own = headless.find(({ typed }) => selectsPods(typed.spec?.selector, workload));
        const hint =
          own === undefined
            ? didYouMean(
                name,
                headless.map((candidate) => candidate.name),
              )
            : ` (did you mean "${own.name}"?)`;
        yield {
          object: workload.object,
          path: 'spec.serviceName',
          message: `there is no Service ${name} in namespace ${workload.namespace}${hint}: ${effect}`,
          severity: told || hint !== '' ? 'error' : 'warning',
        };
      } else if (!isHeadless(service)) {
        yield {
          object: service.object,
          path: service.typed.spec?.clusterIP === undefined ? 'spec' : 'spec.clusterIP',
          message: `StatefulSet ${workload.name} has it as its serviceName, and it is not headless (clusterIP: None): ${effect}`,
          severity: told ? 'error' : 'warning',
        };
      } else if (!model.behind(service).includes(workload)) {
        yield {
          object: service.object,
          path: 'spec.selector',
          message:
            `StatefulSet ${workload.name} has it as its serviceName, and it selects ` +
            `${describeSelector(service.typed.spec?.selector)}, not the pods of that: ${effect}`,
        };
      }
    }
  },
};
