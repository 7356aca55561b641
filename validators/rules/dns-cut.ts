import { isIpAddress } from '../graph/addresses.ts';
import { connection, type End, policiesFor } from '../graph/policy.ts';
import type { Model } from '../model/model.ts';
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
    for (const { from, told } of flows.flows) {
      if (seen.has(from) || isIpAddress(told.address.host)) continue;
      seen.add(from);
      const cut = (['UDP', 'TCP'] as const).find((protocol) => !mayAsk(model, from, dns, protocol));
      if (cut === undefined) continue;
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
