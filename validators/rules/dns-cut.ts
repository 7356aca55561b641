import { isIpAddress } from '../graph/addresses.ts';
import { connection, type End } from '../graph/policy.ts';
import type { Rule } from './rule.ts';

/** A workload is told names, and its policies do not let it ask the cluster's DNS. */
export const dnsCut: Rule = {
  id: 'dns-cut',
  severity: 'error',
  family: 'flows',
  title: 'NetworkPolicies keep a workload that is told names from asking DNS',
  *check({ model, flows, environment }) {
    const { namespace = 'kube-system', podLabels = { 'k8s-app': 'kube-dns' } } = environment?.peers.dns ?? {};
    const dns: End = { namespace, labels: podLabels };
    const seen = new Set<unknown>();
    for (const { from, told } of flows.flows) {
      if (seen.has(from) || isIpAddress(told.address.host)) continue;
      seen.add(from);
      const cut = (['UDP', 'TCP'] as const).find(
        (protocol) => !connection(model, from, dns, 53, protocol).allowed,
      );
      if (cut === undefined) continue;
      const { policies } = connection(model, from, dns, 53, cut);
      yield {
        object: from.object,
        path: '',
        message:
          `it is told names (${told.address.text} by ${told.by}), and its egress policies (${policies.join(', ')}) ` +
          `do not lead to DNS (${cut} 53 in ${namespace}): ${cut === 'UDP' ? 'no name would resolve' : 'an answer too long for UDP would be lost'}`,
      };
    }
  },
};
