import { isIpAddress } from '../graph/host-names.ts';
import { connection, type End, mayMatchNamespace, policiesFor } from '../graph/policy.ts';
import type { NetworkPolicy } from '../model/kubernetes.ts';
import type { Model, Typed } from '../model/model.ts';
import { joinPath, type Workload } from '../model/workload.ts';
import type { Rule } from './rule.ts';

/** Ports that pods of cluster DNS listen on: most on 53, OpenShift's on 5353. */
const dnsPorts = [53, 5353];

/**
 * True when the policies let a workload ask something for names: the declared DNS, or an address range (a node's own
 * cache, the Service's address); where nobody says where DNS is, any namespace.
 */
function mayAsk(model: Model, from: Workload, dns: End | undefined, protocol: 'UDP' | 'TCP'): boolean {
  if (connection(model, from, { outside: true }, 53, protocol).allowed) return true;
  if (dns !== undefined) return connection(model, from, dns, 53, protocol).allowed;
  const anywhere: End = { namespace: '', labels: undefined };
  return (
    policiesFor(model, from, 'Egress').some(({ typed }) =>
      (typed.spec?.egress ?? []).some(
        ({ to = [], ports = [] }) =>
          (to.length === 0 || to.some(({ namespaceSelector }) => namespaceSelector)) &&
          (ports.length === 0 ||
            ports.some(
              ({ port, protocol: own = 'TCP' }) =>
                own === protocol &&
                (port === undefined || dnsPorts.includes(Number(port)) || /^dns/.test(String(port))),
            )),
      ),
    ) || connection(model, from, anywhere, 53, protocol).allowed
  );
}

interface Doubt {
  readonly policy: Typed<NetworkPolicy>;
  readonly path: string;
  readonly label: string;
}

/** The label that the API server puts on every namespace. */
const ofEvery = 'kubernetes.io/metadata.name';

/**
 * The rule by which alone a workload may ask DNS, where it names the namespace by a label that a cluster does not give it:
 * `name: kube-system` is there only where somebody put it. Undefined where another way is sure.
 */
function doubtOf(model: Model, from: Workload, namespace: string | undefined): Doubt | undefined {
  if (connection(model, from, { outside: true }, 53, 'UDP').allowed) return undefined;
  if (namespace !== undefined && model.find('', 'Namespace', 'default', namespace) !== undefined)
    return undefined;
  let doubt: Doubt | undefined;
  for (const policy of policiesFor(model, from, 'Egress')) {
    for (const [index, { to = [], ports = [] }] of (policy.typed.spec?.egress ?? []).entries()) {
      const asks = ports.some(
        ({ port, protocol = 'TCP' }) =>
          protocol === 'UDP' &&
          (port === undefined || dnsPorts.includes(Number(port)) || /^dns/.test(String(port))),
      );
      if (ports.length > 0 && !asks) continue;
      if (to.length === 0) return undefined;
      for (const [position, { namespaceSelector: selector }] of to.entries()) {
        if (!selector) continue;
        const isOfDns = namespace === undefined || mayMatchNamespace(model, selector, namespace);
        if (!isOfDns) continue;
        const added = Object.entries(selector.matchLabels ?? {}).find(([key]) => key !== ofEvery);
        if (added === undefined) return undefined;
        // Where nobody says where DNS is, only a value that names its namespace says that this is about it.
        if (namespace === undefined && added[1] !== 'kube-system') return undefined;
        const path = `spec.egress[${index}].to[${position}].namespaceSelector.matchLabels["${added[0]}"]`;
        doubt ??= { policy, path, label: added.join('=') };
      }
    }
  }
  return doubt;
}

/** A workload is told names, and its policies do not let it ask the cluster's DNS. */
export const dnsCut: Rule = {
  id: 'dns-cut',
  severity: 'error',
  family: 'flows',
  title: 'NetworkPolicies keep a workload that is told names from asking DNS',
  *check({ model, flows, environment }) {
    const peer = environment?.peers.dns;
    const dns = peer && { namespace: peer.namespace, labels: peer.podLabels };
    const seen = new Set<unknown>();
    const doubted = new Set<string>();
    for (const { from, told } of flows.flows) {
      if (seen.has(from) || isIpAddress(told.address.host)) continue;
      seen.add(from);
      const cut = (['UDP', 'TCP'] as const).find((protocol) => !mayAsk(model, from, dns, protocol));
      if (cut === undefined) {
        const doubt = doubtOf(model, from, peer?.namespace);
        const key = `${doubt?.policy.namespace} ${doubt?.policy.name} ${doubt?.path}`;
        if (doubt === undefined || doubted.has(key)) continue;
        doubted.add(key);
        const namespace = peer?.namespace ?? 'kube-system';
        yield {
          object: doubt.policy.object,
          path: doubt.path,
          severity: peer === undefined ? 'warning' : 'error',
          message:
            `it leads ${from.kind} ${from.name} to DNS by namespaces with ${doubt.label}, which ${namespace} has only where ` +
            `somebody put it there: else no name would resolve; every cluster has ${ofEvery}: ${namespace}`,
        };
        continue;
      }
      const policies = policiesFor(model, from, 'Egress').map(({ name }) => name);
      yield {
        object: from.object,
        path: joinPath(from.templatePath, 'metadata.labels'),
        severity: cut === 'UDP' ? 'error' : 'warning',
        message:
          `it is told names (${told.address.text} by ${told.by}), and its egress policies (${policies.join(', ')}) ` +
          `do not lead to DNS (${cut} 53${peer === undefined ? '' : ` in ${peer.namespace}`}): ` +
          `${cut === 'UDP' ? 'no name would resolve' : 'an answer too long for UDP would be lost'}`,
      };
    }
  },
};
