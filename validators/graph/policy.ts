import type { NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from '../model/kubernetes.ts';
import type { Model, Typed } from '../model/model.ts';
import { type Labels, matchesSelector } from '../model/selectors.ts';
import type { Workload } from '../model/workload.ts';
import { declaredPorts } from './ports.ts';

/** One end of a connection: pods in a namespace, or something outside the cluster. */
export type End =
  | { readonly namespace: string; readonly labels: Labels; readonly workload?: Workload }
  | { readonly outside: true };

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

/** The policies of one direction that select a pod. */
export function policiesFor(
  model: Model,
  end: { readonly namespace: string; readonly labels: Labels },
  direction: 'Ingress' | 'Egress',
): Typed<NetworkPolicy>[] {
  return model.policies.filter(({ namespace, typed }) => {
    if (namespace !== end.namespace || !matchesSelector(typed.spec?.podSelector ?? {}, end.labels))
      return false;
    // Without policyTypes a policy is about ingress, and about egress too when it has such rules.
    const types = typed.spec?.policyTypes ?? ['Ingress', ...(typed.spec?.egress ? ['Egress'] : [])];
    return types.includes(direction);
  });
}

function matchesPeer(model: Model, policy: Typed<NetworkPolicy>, peer: NetworkPolicyPeer, end: End): boolean {
  if (peer.ipBlock) {
    // Whether a CIDR covers pods depends on the network plugin; one that leaves nothing out does.
    return (
      'outside' in end || (peer.ipBlock.cidr === '0.0.0.0/0' && (peer.ipBlock.except ?? []).length === 0)
    );
  }
  if ('outside' in end) return false;
  const inNamespace =
    peer.namespaceSelector === undefined
      ? end.namespace === policy.namespace
      : matchesSelector(peer.namespaceSelector, namespaceLabels(model, end.namespace));
  return inNamespace && (peer.podSelector === undefined || matchesSelector(peer.podSelector, end.labels));
}

function matchesPort(port: NetworkPolicyPort, number: number, protocol: string, to: End): boolean {
  if ((port.protocol ?? 'TCP') !== protocol) return false;
  if (port.port === undefined || port.port === null) return true;
  if (typeof port.port === 'string' && !/^\d+$/.test(port.port)) {
    if ('outside' in to || to.workload === undefined) return false;
    return declaredPorts(to.workload).some(
      (declared) =>
        declared.name === port.port && declared.number === number && declared.protocol === protocol,
    );
  }
  const first = Number(port.port);
  return number >= first && number <= (port.endPort ?? first);
}

/**
 * Whether the policies let `from` connect to `to` on a port of the pod (not of the Service).
 *
 * Both directions must allow it: an end that no policy of its direction selects is open, an end that some select is
 * open to what at least one of their rules names.
 * Source: kubernetes.io/docs/concepts/services-networking/network-policies.
 */
export function connection(
  model: Model,
  from: End,
  to: End,
  port: number | undefined,
  protocol = 'TCP',
): Verdict {
  if (!('outside' in from)) {
    const policies = policiesFor(model, from, 'Egress');
    const open = policies.some((policy) =>
      (policy.typed.spec?.egress ?? []).some(
        (rule) =>
          ((rule.to ?? []).length === 0 ||
            (rule.to ?? []).some((peer) => matchesPeer(model, policy, peer, to))) &&
          ((rule.ports ?? []).length === 0 ||
            port === undefined ||
            (rule.ports ?? []).some((candidate) => matchesPort(candidate, port, protocol, to))),
      ),
    );
    if (policies.length > 0 && !open)
      return { allowed: false, cut: 'egress', policies: policies.map(({ name }) => name) };
  }
  if (!('outside' in to)) {
    const policies = policiesFor(model, to, 'Ingress');
    const open = policies.some((policy) =>
      (policy.typed.spec?.ingress ?? []).some(
        (rule) =>
          ((rule.from ?? []).length === 0 ||
            (rule.from ?? []).some((peer) => matchesPeer(model, policy, peer, from))) &&
          ((rule.ports ?? []).length === 0 ||
            port === undefined ||
            (rule.ports ?? []).some((candidate) => matchesPort(candidate, port, protocol, to))),
      ),
    );
    if (policies.length > 0 && !open)
      return { allowed: false, cut: 'ingress', policies: policies.map(({ name }) => name) };
  }
  return { allowed: true, policies: [] };
}
