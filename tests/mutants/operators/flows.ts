import { anyEnd, brokenAddress, kind, mistyped, policy, workload } from '../choose.ts';
import { type Data, edit, end, inContainers, type Operator, remove, skip } from '../mutant.ts';

/** Breaks one part of every address that a workload or a ConfigMap holds, one at a time. */
function breakAddresses(part: 'host' | 'port'): Operator['mutate'] {
  return (objects) =>
    edit(
      objects,
      (object) => workload(object) || object.kind === 'ConfigMap',
      [...inContainers('env.*.value', 'command.*', 'args.*'), 'data.*'],
      brokenAddress(objects, part),
      anyEnd(objects),
    );
}

/** Defects of the family flows. */
export const flows: readonly Operator[] = [
  {
    id: 'address: host mistyped',
    family: 'flows',
    expects: ['address-without-service'],
    mutate: breakAddresses('host'),
  },
  {
    id: 'address: port moved',
    family: 'flows',
    expects: ['address-port-closed'],
    mutate: breakAddresses('port'),
  },
  {
    id: 'host variable mistyped',
    family: 'flows',
    expects: ['address-without-service'],
    mutate: (objects) => {
      const names = objects.filter(kind('Service')).map(({ metadata }) => metadata.name);
      return edit(
        objects,
        (object) => workload(object) || object.kind === 'ConfigMap',
        [...inContainers('env.*.value'), 'data.*'],
        (value) => (names.includes(String(value)) ? mistyped(value) : skip),
        anyEnd(objects),
      );
    },
  },
  {
    id: 'Service port moved',
    family: 'flows',
    expects: ['address-port-closed', 'ingress-backend-missing', 'fact'],
    mutate: (objects) =>
      // The port of a headless Service is for DNS records alone: clients reach the pods themselves.
      edit(
        objects,
        (object) => object.kind === 'Service' && (object.spec as Data).clusterIP !== 'None',
        ['spec.ports.*.port'],
        (value) => Number(value) + 1,
        anyEnd(objects),
      ),
  },
  {
    id: 'policy removed',
    family: 'flows',
    expects: ['flow-cut', 'dns-cut', 'namespace-open', 'entry-cut', 'scrape-cut', 'peers-cut'],
    mutate: (objects) => remove(objects, policy, () => objects.map(end)),
  },
  {
    id: 'policy selector mistyped',
    family: 'flows',
    expects: ['policy-selects-nothing', 'flow-cut', 'dns-cut', 'entry-cut', 'scrape-cut', 'peers-cut'],
    mutate: (objects) =>
      edit(
        objects,
        policy,
        [
          'spec.podSelector.matchLabels.*',
          'spec.podSelector.matchExpressions.*.values.*',
          'spec.ingress.*.from.*.podSelector.matchLabels.*',
          'spec.ingress.*.from.*.podSelector.matchExpressions.*.values.*',
          'spec.egress.*.to.*.podSelector.matchLabels.*',
          'spec.egress.*.to.*.podSelector.matchExpressions.*.values.*',
        ],
        mistyped,
        anyEnd(objects),
      ),
  },
  {
    id: 'policy peer in a wrong namespace',
    family: 'flows',
    expects: ['peer-elsewhere', 'dns-cut', 'flow-cut', 'entry-cut', 'scrape-cut', 'peers-cut'],
    mutate: (objects) =>
      edit(
        objects,
        policy,
        [
          'spec.ingress.*.from.*.namespaceSelector.matchLabels.*',
          'spec.egress.*.to.*.namespaceSelector.matchLabels.*',
        ],
        mistyped,
        anyEnd(objects),
      ),
  },
  {
    id: 'policy port moved',
    family: 'flows',
    expects: ['policy-selects-nothing', 'flow-cut', 'dns-cut', 'entry-cut', 'scrape-cut', 'peers-cut'],
    mutate: (objects) =>
      edit(
        objects,
        policy,
        ['spec.ingress.*.ports.*.port', 'spec.egress.*.ports.*.port'],
        (value) => (typeof value === 'number' ? value + 1 : mistyped(value)),
        anyEnd(objects),
      ),
  },
];
