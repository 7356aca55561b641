import { withoutPodLabels } from '../model/model.ts';
import { describeSelector, type Labels } from '../model/selectors.ts';
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
      const selector = service.typed.spec?.selector ?? {};
      if (Object.keys(selector).length === 0 || service.typed.spec?.type === 'ExternalName') continue;
      const behind = model.behind(service);
      if (behind.some(({ serves }) => serves)) continue;
      const near = model.workloads.filter(
        ({ namespace, serves }) => namespace === service.namespace && serves,
      );
      const wrong = Object.entries(withoutPodLabels(selector)).find(
        ([key, value]) => !near.some(({ labels }) => labels[key] === value),
      );
      const values = near
        .map(({ labels }) => (labels as Labels)[wrong?.[0] ?? ''])
        .filter((value) => value !== undefined);
      const hint = wrong === undefined ? '' : didYouMean(wrong[1], values);
      yield {
        object: service.object,
        path: wrong === undefined ? 'spec.selector' : `spec.selector["${wrong[0]}"]`,
        message:
          `it selects ${describeSelector(selector)}, and no pod of namespace ${service.namespace} carries that${hint}: ` +
          'it would have no endpoints, and connections to it would be refused',
      };
    }
  },
};
