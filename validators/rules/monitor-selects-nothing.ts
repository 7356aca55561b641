import { declaredPorts } from '../graph/ports.ts';
import { type Model, namespaceOf } from '../model/model.ts';
import { describeSelector, type LabelSelector, type Labels, matchesSelector } from '../model/selectors.ts';
import { own } from '../own.ts';
import type { KubernetesObject } from '../render/objects.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Problem, Rule } from './rule.ts';
import { mayBeElsewhere, orOfAnother, selectorHint } from './selector-hint.ts';

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

/** The namespaces that a monitor looks into, of those that the target has. */
export function namespacesOf(model: Model, monitor: KubernetesObject): readonly string[] {
  const { namespaceSelector: selector } = (monitor.spec ?? {}) as MonitorSpec;
  if (selector?.any === true) return [...model.namespaces];
  const names = selector?.matchNames ?? [];
  return names.length === 0 ? [namespaceOf(monitor)] : [...new Set(names)];
}

/** True where a monitor looks into namespaces that the target does not make: others may have what it selects. */
function looksElsewhere(model: Model, monitor: KubernetesObject): boolean {
  const { namespaceSelector: selector } = (monitor.spec ?? {}) as MonitorSpec;
  const names = selector?.matchNames ?? [];
  return selector?.any === true || names.some((name) => !model.namespaces.has(name));
}

function* serviceMonitor(model: Model, object: KubernetesObject): Iterable<Problem> {
  const spec = (object.spec ?? {}) as MonitorSpec;
  const here = namespacesOf(model, object).flatMap((namespace) => model.servicesIn(namespace));
  const labelsOf = (service: (typeof here)[number]): Labels => service.object.metadata.labels ?? {};
  const services = here.filter((service) => matchesSelector(spec.selector ?? {}, labelsOf(service)));
  if (services.length === 0) {
    const hint = selectorHint(
      spec.selector,
      here.map((service) => ({ labels: labelsOf(service) })),
    );
    if (here.length === 0 || (hint === '' && looksElsewhere(model, object))) return;
    yield nothing(object, spec, 'Service', hint);
    return;
  }
  for (const [index, { port, targetPort: target }] of (spec.endpoints ?? []).entries()) {
    if (port === undefined) {
      const pods = services.flatMap((service) => model.behind(service)).flatMap(declaredPorts);
      const byName = typeof target === 'string' && !/^\d+$/.test(target);
      if (!byName || pods.length === 0 || pods.some(({ name }) => name === target)) continue;
      const names = pods.flatMap(({ name }) => name ?? []);
      yield {
        object,
        path: `spec.endpoints[${index}].targetPort`,
        message: `it scrapes pod port ${target}, and the pods behind have ${names.join(', ') || 'none with a name'}${didYouMean(target, names)}: nothing would be scraped`,
      };
      continue;
    }
    const namesOf = ({ typed }: (typeof here)[number]) =>
      (typed.spec?.ports ?? []).flatMap(({ name }) => name ?? []);
    const without = services.filter((service) => !namesOf(service).includes(port));
    for (const service of without) {
      const names = namesOf(service);
      const hint = didYouMean(port, names);
      // Of several Services that a monitor selects, not each need have every port.
      if (without.length < services.length && hint === '') continue;
      yield {
        object,
        path: `spec.endpoints[${index}].port`,
        message: `it scrapes port ${port} of Service ${service.name}, which has ${names.join(', ') || 'none with a name'}${hint}: it would not be scraped`,
      };
    }
  }
}

function* podMonitor(model: Model, object: KubernetesObject): Iterable<Problem> {
  const spec = (object.spec ?? {}) as MonitorSpec;
  const here = namespacesOf(model, object).flatMap((namespace) => model.workloadsIn(namespace));
  const pods = here.filter(({ labels }) => matchesSelector(spec.selector ?? {}, labels));
  const elsewhere = (selector: LabelSelector | undefined) =>
    mayBeElsewhere(model, namespaceOf(object), selector, here) || looksElsewhere(model, object);
  if (pods.length === 0) {
    const hint = selectorHint(spec.selector, here);
    if (hint === '' ? elsewhere(spec.selector) : here.length === 0) return;
    yield nothing(object, spec, 'pod', hint);
    return;
  }
  for (const [index, { key, operator, values = [] }] of (spec.selector?.matchExpressions ?? []).entries()) {
    if (operator !== 'In') continue;
    const known = here.map(({ labels }) => own(labels, key)).filter((value) => value !== undefined);
    for (const [position, value] of values.entries()) {
      const hint = didYouMean(value, known);
      if (known.includes(value) || (hint === '' && elsewhere({ matchLabels: { [key]: value } }))) continue;
      yield {
        object,
        path: `spec.selector.matchExpressions[${index}].values[${position}]`,
        message: `no pod has ${key}=${value}${hint}: nobody would be scraped for it`,
        ...(hint === '' ? { severity: 'warning' as const } : {}),
      };
    }
  }
  for (const [index, { port }] of (spec.podMetricsEndpoints ?? []).entries()) {
    if (port === undefined) continue;
    const namesOf = (workload: (typeof pods)[number]) =>
      declaredPorts(workload).flatMap(({ name }) => name ?? []);
    const without = pods.filter((workload) => !namesOf(workload).includes(port));
    for (const workload of without) {
      const names = namesOf(workload);
      const hint = didYouMean(port, names);
      // A monitor for many need not find every port on each of them.
      const some = without.length < pods.length && hint === '';
      yield {
        object,
        path: `spec.podMetricsEndpoints[${index}].port`,
        message: `it scrapes port ${port} of ${workload.kind} ${workload.name}, which has ${names.join(', ') || 'none with a name'}${hint}: it would not be scraped`,
        ...(some ? { severity: 'warning' as const } : {}),
      };
    }
  }
}

function nothing(object: KubernetesObject, { selector }: MonitorSpec, what: string, hint: string): Problem {
  return {
    object,
    path: selector === undefined ? 'spec' : 'spec.selector',
    message: `it selects ${describeSelector(selector)}, and no ${what} carries that${orOfAnother(hint)}: nothing would be scraped`,
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
