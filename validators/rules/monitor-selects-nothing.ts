import { declaredPorts } from '../graph/ports.ts';
import { type Model, namespaceOf } from '../model/model.ts';
import { describeSelector, type LabelSelector, matchesSelector } from '../model/selectors.ts';
import type { KubernetesObject } from '../render/objects.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Problem, Rule } from './rule.ts';

interface MonitorSpec {
  readonly selector?: LabelSelector;
  readonly namespaceSelector?: { readonly any?: boolean; readonly matchNames?: readonly string[] };
  readonly endpoints?: readonly Endpoint[];
  readonly podMetricsEndpoints?: readonly Endpoint[];
}

interface Endpoint {
  readonly port?: string;
  readonly targetPort?: string | number;
}

const group = 'monitoring.coreos.com';

function inNamespaces(monitor: KubernetesObject, spec: MonitorSpec, namespace: string): boolean {
  if (spec.namespaceSelector?.any === true) return true;
  return (spec.namespaceSelector?.matchNames ?? [namespaceOf(monitor)]).includes(namespace);
}

function* serviceMonitor(model: Model, object: KubernetesObject): Iterable<Problem> {
  const spec = (object.spec ?? {}) as MonitorSpec;
  const services = model.services.filter(
    (service) =>
      inNamespaces(object, spec, service.namespace) &&
      matchesSelector(spec.selector ?? {}, service.object.metadata.labels ?? {}),
  );
  if (services.length === 0) {
    yield nothing(
      object,
      spec,
      'Service',
      model.services.map((service) => service.object.metadata.labels ?? {}),
    );
    return;
  }
  for (const [index, { port }] of (spec.endpoints ?? []).entries()) {
    if (port === undefined) continue;
    const names = services.flatMap(({ typed }) =>
      (typed.spec?.ports ?? []).flatMap(({ name }) => name ?? []),
    );
    if (names.includes(port)) continue;
    yield {
      object,
      path: `spec.endpoints[${index}].port`,
      message: `it scrapes port ${port}, and the Services that it selects have ${names.join(', ') || 'none with a name'}${didYouMean(port, names)}: nothing would be scraped`,
    };
  }
}

function* podMonitor(model: Model, object: KubernetesObject): Iterable<Problem> {
  const spec = (object.spec ?? {}) as MonitorSpec;
  const here = model.workloads.filter((workload) => inNamespaces(object, spec, workload.namespace));
  const pods = here.filter(({ labels }) => matchesSelector(spec.selector ?? {}, labels));
  if (pods.length === 0) {
    yield nothing(
      object,
      spec,
      'pod',
      here.map(({ labels }) => labels),
    );
    return;
  }
  for (const [index, { key, operator, values = [] }] of (spec.selector?.matchExpressions ?? []).entries()) {
    if (operator !== 'In') continue;
    const known = here.map(({ labels }) => labels[key]).filter((value) => value !== undefined);
    for (const value of values.filter((one) => !known.includes(one))) {
      yield {
        object,
        path: `spec.selector.matchExpressions[${index}].values`,
        message: `no pod has ${key}=${value}${didYouMean(value, known)}: nobody would be scraped for it`,
      };
    }
  }
  for (const [index, { port }] of (spec.podMetricsEndpoints ?? []).entries()) {
    if (port === undefined) continue;
    for (const workload of pods) {
      const names = declaredPorts(workload).flatMap(({ name }) => name ?? []);
      if (names.includes(port)) continue;
      yield {
        object,
        path: `spec.podMetricsEndpoints[${index}].port`,
        message: `it scrapes port ${port} of ${workload.kind} ${workload.name}, which has ${names.join(', ') || 'none with a name'}${didYouMean(port, names)}: it would not be scraped`,
      };
    }
  }
}

function nothing(
  object: KubernetesObject,
  { selector }: MonitorSpec,
  what: string,
  labels: readonly Readonly<Record<string, string>>[],
): Problem {
  const wrong = Object.entries(selector?.matchLabels ?? {}).find(
    ([key, value]) => !labels.some((set) => set[key] === value),
  );
  const hint =
    wrong === undefined
      ? ''
      : didYouMean(
          wrong[1],
          labels.flatMap((set) => set[wrong[0]] ?? []),
        );
  return {
    object,
    path: 'spec.selector',
    message: `it selects ${describeSelector(selector)}, and no ${what} carries that${hint}: nothing would be scraped`,
  };
}

/** A ServiceMonitor or PodMonitor selects nothing, or a port that nobody has. */
export const monitorSelectsNothing: Rule = {
  id: 'monitor-selects-nothing',
  severity: 'error',
  family: 'monitoring',
  title: 'a monitor selects nothing, or scrapes a port that is not there',
  *check({ model }) {
    for (const object of model.all(group, 'ServiceMonitor')) yield* serviceMonitor(model, object);
    for (const object of model.all(group, 'PodMonitor')) yield* podMonitor(model, object);
  },
};
