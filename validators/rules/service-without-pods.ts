import { isHeadless } from '../graph/ports.ts';
import { isAdded } from '../model/model.ts';
import { mayLabelPods, operatorRuns } from '../model/run-time.ts';
import { describeSelector } from '../model/selectors.ts';
import { own } from '../own.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Rule } from './rule.ts';

/** A Service's selector finds no pods in its namespace. */
export const serviceWithoutPods: Rule = {
  id: 'service-without-pods',
  severity: 'error',
  family: 'services',
  title: 'a Service selects no pods',
  *check({ model }) {
    for (const service of model.services) {
      const { namespace, object, typed } = service;
      const selector = typed.spec?.selector ?? {};
      if (Object.keys(selector).length === 0 || typed.spec?.type === 'ExternalName') continue;
      const behind = model.behind(service);
      if (behind.some(({ serves }) => serves) || operatorRuns(model, namespace, selector)) continue;
      const [job] = behind;
      if (job !== undefined) {
        // An indexed Job's pods find each other by a headless Service.
        if (isHeadless(service)) continue;
        yield {
          object,
          path: 'spec.selector',
          message: `it selects ${describeSelector(selector)}, which only the pods of ${job.kind} ${job.name} carry: it would have endpoints only while that runs`,
          severity: 'warning',
        };
        continue;
      }
      const near = model.workloads.filter((workload) => workload.namespace === namespace && workload.serves);
      const wrong = Object.entries(selector).find(
        ([key, value]) =>
          !near.some((workload) => own(workload.labels, key) === value || isAdded(workload, key, value)),
      );
      const values = near
        .map(({ labels }) => labels[wrong?.[0] ?? ''])
        .filter((value) => value !== undefined);
      const hint = wrong === undefined ? '' : didYouMean(wrong[1], values);
      yield {
        object,
        path: wrong === undefined ? 'spec.selector' : `spec.selector["${wrong[0]}"]`,
        message:
          `it selects ${describeSelector(selector)}, and no pod of namespace ${namespace} carries ` +
          `${wrong === undefined ? 'all of that' : `${wrong[0]}=${wrong[1]}`}${hint}: ` +
          'it would have no endpoints, and connections to it would be refused',
        // Where the target runs nothing at all, the pods are somebody else's; and a label that no template has may be put on later.
        severity:
          near.length === 0 || (values.length === 0 && mayLabelPods(model, namespace)) ? 'warning' : 'error',
      };
    }
  },
};
