import type { NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from '../model/kubernetes.ts';
import { type Model, namespaceOf, type Typed } from '../model/model.ts';
import { type LabelSelector, type Labels, matchesSelector } from '../model/selectors.ts';
import type { Workload } from '../model/workload.ts';
import { declaredPorts } from './ports.ts';

/** One end of a connection: a workload's pods, other pods in a namespace, or something outside the cluster. */
export type End =
  | Workload
  | {
      readonly namespace: string;
      /** Undefined where nobody says what they are: then any selector may match them. */
      readonly labels: Labels | undefined;
    }
  | { readonly outside: true };

function workloadOf(end: End): Workload | undefined {
  return 'pod' in end ? end : undefined;
}

/** Whether policies let a connection through, and which ones had a say. */
export interface Verdict {
  readonly allowed: boolean;
  /** The direction that is cut. */
  readonly cut?: 'egress' | 'ingress';
  /** Names of the policies that select the end that cuts it. */
  readonly policies: readonly string[];
}

/** The labels of a namespace: those of its object, and the one that every namespace has. */
export function namespaceLabels(model: Model, name: string): Labels {
  const labels = model.find('', 'Namespace', 'default', name)?.metadata.labels ?? {};
  return { ...labels, 'kubernetes.io/metadata.name': name };
}

type Direction = 'Ingress' | 'Egress';

/** Policies by a label that they select for, and by `''` where they select for none: few of many then need a look. */
type Selecting = Map<string, { readonly order: number; readonly policy: Typed<NetworkPolicy> }[]>;

const byLabel = new WeakMap<Model, Selecting>();
const ofWorkload = new WeakMap<Workload, Map<Direction, Typed<NetworkPolicy>[]>>();

/** The policies of one direction that select a pod. */
export function policiesFor(
  model: Model,
  end: Workload | { readonly namespace: string; readonly labels: Labels | undefined },
  direction: Direction,
): readonly Typed<NetworkPolicy>[] {
  const cache = 'pod' in end ? (ofWorkload.get(end) ?? new Map()) : undefined;
  const before = cache?.get(direction);
  if (before !== undefined) return before;
  const policies = byLabel.get(model) ?? selecting(model);
  const found = ['', ...Object.entries(end.labels ?? {}).map(([key, value]) => `${key}=${value}`)]
    .flatMap((label) => policies.get(`${end.namespace} ${label}`) ?? [])
    .filter(
      ({ policy: { typed } }) =>
        matchesSelector(typed.spec?.podSelector ?? {}, end.labels ?? {}) &&
        directionsOf(typed).includes(direction),
    )
    .sort((a, b) => a.order - b.order)
    .map(({ policy }) => policy);
  if ('pod' in end && cache !== undefined) ofWorkload.set(end, cache.set(direction, found));
  return found;
}

function selecting(model: Model): Selecting {
  const found: Selecting = new Map();
  for (const [order, policy] of model.policies.entries()) {
    const [pair] = Object.entries(policy.typed.spec?.podSelector?.matchLabels ?? {});
    const key = `${policy.namespace} ${pair === undefined ? '' : pair.join('=')}`;
    const list = found.get(key);
    if (list === undefined) found.set(key, [{ order, policy }]);
    else list.push({ order, policy });
  }
  byLabel.set(model, found);
  return found;
}

/**
 * The directions that a policy is about. Without policyTypes that is ingress, and egress too when it has such rules.
 * Source: k8s.io/kubernetes, `pkg/apis/networking/v1/defaults.go`.
 */
export function directionsOf({ spec }: NetworkPolicy): readonly string[] {
  const types = spec?.policyTypes ?? [];
  if (types.length > 0) return types;
  return (spec?.egress ?? []).length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
}

/** True when a selector could match a namespace; of one that the target does not make, only its name is known. */
export function mayMatchNamespace(model: Model, selector: LabelSelector, name: string): boolean {
  const labels = namespaceLabels(model, name);
  if (model.find('', 'Namespace', 'default', name) !== undefined) return matchesSelector(selector, labels);
  const known = 'kubernetes.io/metadata.name';
  const ofName = Object.entries(selector.matchLabels ?? {}).filter(([key]) => key === known);
  return matchesSelector(
    {
      matchLabels: Object.fromEntries(ofName),
      matchExpressions: (selector.matchExpressions ?? []).filter(({ key }) => key === known),
    },
    labels,
  );
}

const everywhere = new Set(['0.0.0.0/0', '::/0']);

function matchesPeer(model: Model, policy: Typed<NetworkPolicy>, peer: NetworkPolicyPeer, end: End): boolean {
  if (peer.ipBlock) {
    // Whether a CIDR covers pods depends on the network plugin; one that leaves nothing out does.
    return (
      'outside' in end || (everywhere.has(peer.ipBlock.cidr) && (peer.ipBlock.except ?? []).length === 0)
    );
  }
  if ('outside' in end) return false;
  const inNamespace = peer.namespaceSelector
    ? mayMatchNamespace(model, peer.namespaceSelector, end.namespace)
    : end.namespace === policy.namespace;
  return (
    inNamespace &&
    (!peer.podSelector || end.labels === undefined || matchesSelector(peer.podSelector, end.labels))
  );
}

function matchesPort(port: NetworkPolicyPort, number: number, protocol: string, to: End): boolean {
  if ((port.protocol ?? 'TCP') !== protocol) return false;
  if (port.port === undefined || port.port === null) return true;
  if (typeof port.port === 'string' && !/^\d+$/.test(port.port)) {
    const workload = workloadOf(to);
    if (workload === undefined) return false;
    return declaredPorts(workload).some(
      (declared) =>
        declared.name === port.port && declared.number === number && declared.protocol === protocol,
    );
  }
  const first = Number(port.port);
  return number >= first && number <= (port.endPort ?? first);
}

const open: Verdict = { allowed: true, policies: [] };

/** True where a network plugin's own policies may open what Kubernetes' leave shut. */
function ruledByOthers(model: Model, namespace: string): boolean {
  return (
    model.all('cilium.io', 'CiliumNetworkPolicy').some((policy) => namespaceOf(policy) === namespace) ||
    model.all('cilium.io', 'CiliumClusterwideNetworkPolicy').length > 0 ||
    model.all('crd.projectcalico.org', 'NetworkPolicy').some((policy) => namespaceOf(policy) === namespace) ||
    model.all('projectcalico.org', 'NetworkPolicy').some((policy) => namespaceOf(policy) === namespace) ||
    model.all('policy.networking.k8s.io', 'AdminNetworkPolicy').length > 0
  );
}

/**
 * Whether the policies let `from` connect to `to` on a port of the pod (not of the Service).
 *
 * Both directions must allow it: an end that no policy of its direction selects is open, an end that some select is
 * open to what at least one of their rules names.
 * Source: kubernetes.io/docs/concepts/services-networking/network-policies.
 * @param isThere false for a policy that is not applied yet; by default all are there.
 */
export function connection(
  model: Model,
  from: End,
  to: End,
  port: number | undefined,
  protocol = 'TCP',
  isThere: (policy: Typed<NetworkPolicy>) => boolean = () => true,
): Verdict {
  const client = workloadOf(from);
  const server = workloadOf(to);
  // Pods on the node's own network are beyond policies for most plugins.
  if (client?.pod.hostNetwork === true || server?.pod.hostNetwork === true) return open;
  if (!('outside' in from) && !ruledByOthers(model, from.namespace)) {
    const policies = policiesFor(model, from, 'Egress').filter(isThere);
    const passes = policies.some((policy) =>
      (policy.typed.spec?.egress ?? []).some(
        (rule) =>
          ((rule.to ?? []).length === 0 ||
            (rule.to ?? []).some((peer) => matchesPeer(model, policy, peer, to))) &&
          ((rule.ports ?? []).length === 0 ||
            port === undefined ||
            (rule.ports ?? []).some((candidate) => matchesPort(candidate, port, protocol, to))),
      ),
    );
    if (policies.length > 0 && !passes)
      return { allowed: false, cut: 'egress', policies: policies.map(({ name }) => name) };
  }
  if (!('outside' in to) && !ruledByOthers(model, to.namespace)) {
    const policies = policiesFor(model, to, 'Ingress').filter(isThere);
    const passes = policies.some((policy) =>
      (policy.typed.spec?.ingress ?? []).some(
        (rule) =>
          ((rule.from ?? []).length === 0 ||
            (rule.from ?? []).some((peer) => matchesPeer(model, policy, peer, from))) &&
          ((rule.ports ?? []).length === 0 ||
            port === undefined ||
            (rule.ports ?? []).some((candidate) => matchesPort(candidate, port, protocol, to))),
      ),
    );
    if (policies.length > 0 && !passes)
      return { allowed: false, cut: 'ingress', policies: policies.map(({ name }) => name) };
  }
  return open;
}
