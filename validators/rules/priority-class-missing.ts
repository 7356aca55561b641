import { joinPath } from '../model/workload.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Rule } from './rule.ts';

const builtIn = ['system-cluster-critical', 'system-node-critical'];

/** A pod has a priority class that neither the target nor the environment has. */
export const priorityClassMissing: Rule = {
  id: 'priority-class-missing',
  severity: 'error',
  family: 'references',
  title: 'a pod has a priority class that is not there',
  *check({ model, environment }) {
    const offered = (environment?.clusterObjects ?? [])
      .filter((object) => object.startsWith('PriorityClass/'))
      .map((object) => object.slice('PriorityClass/'.length));
    const made = model.all('scheduling.k8s.io', 'PriorityClass').map(({ metadata }) => metadata.name);
    const names = [...builtIn, ...offered, ...made];
    for (const { object, pod, templatePath } of model.workloads) {
      const name = pod.priorityClassName ?? '';
      if (name === '' || names.includes(name)) continue;
      const hint = didYouMean(name, names);
      // Classes belong to the cluster: a target that makes none may rely on those that are there.
      const known = environment !== undefined || made.length > 0 || hint !== '';
      yield {
        object,
        path: joinPath(templatePath, 'spec.priorityClassName'),
        message: `there is no PriorityClass ${name}${hint}: admission would refuse each pod, and none would be created`,
        severity: known ? 'error' : 'warning',
      };
    }
  },
};
