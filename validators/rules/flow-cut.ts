import type { Rule } from './rule.ts';

/** A workload is told to make a connection that the NetworkPolicies do not let through. */
export const flowCut: Rule = {
  id: 'flow-cut',
  severity: 'error',
  family: 'flows',
  title: 'NetworkPolicies cut a connection that a workload is told to make',
  *check({ flows }) {
    for (const { from, to, destination, port, told, verdict } of flows.flows) {
      if (verdict.allowed) continue;
      const end = verdict.cut === 'egress' || to === undefined ? from : to;
      const target =
        to === undefined
          ? destination
          : `${to.kind} ${to.name} (${destination}${port === undefined ? '' : `, pod port ${port}`})`;
      yield {
        object: told.object,
        path: told.path,
        ...(told.within === undefined ? {} : { within: told.within }),
        message:
          `${from.kind} ${from.name} is told by ${told.by} to talk to ${target}, and the ${verdict.cut} policies of ` +
          `${end.kind} ${end.name} (${verdict.policies.join(', ')}) do not let it through: connections would time out; ` +
          `add a rule that ${verdict.cut === 'egress' ? `leads to ${to?.name ?? destination}` : `admits ${from.name}`}`,
      };
    }
  },
};
