import { isHeadless } from '../graph/ports.ts';
import type { StatefulSet } from '../model/kubernetes.ts';
import { type Model, selectsPods } from '../model/model.ts';
import { describeSelector } from '../model/selectors.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Rule } from './rule.ts';

/** Words that stand after something and a dot: `pod-0.service`, `$(hostname).service`. */
function wordsUnder(text: string): string[] {
  return [...text.matchAll(/(?<=[\w)}"]\.)[\w-]+/g)].map(([word]) => word);
}

/** As `namesTold`, read when it is asked for first: most targets have nothing to ask. */
function lazily(model: Model): (namespace: string, service: string) => boolean {
  let told: ReturnType<typeof namesTold> | undefined;
  return (namespace, service) => {
    told ??= namesTold(model);
    return told(namespace, service);
  };
}

/** Names of Services under which somebody in the target is told names: in any pod, or in a namespace's files. */
function namesTold(model: Model): (namespace: string, service: string) => boolean {
  const inPods = new Set<string>();
  for (const { containers } of model.workloads) {
    for (const { spec } of containers) {
      for (const word of wordsUnder(JSON.stringify([spec.command, spec.args, spec.env]))) inPods.add(word);
    }
  }
  const inFiles = new Map<string, Set<string>>();
  for (const { namespace, values } of model.configurations) {
    const words = inFiles.get(namespace) ?? new Set();
    inFiles.set(namespace, words);
    for (const text of values.values()) for (const word of wordsUnder(text ?? '')) words.add(word);
  }
  return (namespace, service) => inPods.has(service) || inFiles.get(namespace)?.has(service) === true;
}

/** A StatefulSet's serviceName is not a headless Service that selects its pods. */
export const headlessServiceMissing: Rule = {
  id: 'headless-service-missing',
  severity: 'error',
  family: 'services',
  title: 'a StatefulSet has no headless Service that gives its pods their names',
  *check({ model }) {
    const sets = model.workloads.filter(({ kind }) => kind === 'StatefulSet');
    const isTold = lazily(model);
    for (const workload of sets) {
      const name = (workload.object as unknown as StatefulSet).spec?.serviceName ?? '';
      if (name === '') continue;
      const service = model.service(workload.namespace, name);
      const isRight =
        service !== undefined && isHeadless(service) && model.behind(service).includes(workload);
      if (isRight) continue;
      const told = isTold(workload.namespace, name);
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
      } else {
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
