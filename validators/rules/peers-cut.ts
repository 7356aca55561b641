import { peerFlows } from '../graph/peers.ts';
import { connection } from '../graph/policy.ts';
import { declaredPorts } from '../graph/ports.ts';
import type { Rule } from './rule.ts';

/** The processes of one data system cannot reach each other. */
export const peersCut: Rule = {
  id: 'peers-cut',
  severity: 'error',
  family: 'data systems',
  title: 'NetworkPolicies cut what the processes of a data system say to each other',
  *check({ model }) {
    for (const { from, to, port, by } of peerFlows(model)) {
      const declared = declaredPorts(to);
      if (!declared.some(({ number }) => number === port)) {
        yield {
          object: to.object,
          path: `${to.templatePath}.spec.containers[0].ports`,
          message: `${from.kind} ${from.name} reaches it on ${port} (${by}), and it declares ${declared.map(({ number }) => number).join(', ')}: no policy by name can lead there`,
        };
        continue;
      }
      const verdict = connection(model, from, { ...to, workload: to }, port);
      if (verdict.allowed) continue;
      const end = verdict.cut === 'egress' ? from : to;
      yield {
        object: end.object,
        path: `${end.templatePath}.metadata.labels`,
        message:
          `${from.kind} ${from.name} reaches ${to.kind} ${to.name} on ${port} (${by}), and the ${verdict.cut} policies of ` +
          `${end.name} (${verdict.policies.join(', ')}) do not let it through: the two would not find each other`,
      };
    }
  },
};
