import { peerFlows } from '../graph/peers.ts';
import { connection } from '../graph/policy.ts';
import { declaredPorts } from '../graph/ports.ts';
import { joinPath } from '../model/workload.ts';
import type { Rule } from './rule.ts';

/** Stands for a port that nobody knows beforehand. */
const anyPort = 49_152;

/** The processes of one data system cannot reach each other. */
export const peersCut: Rule = {
  id: 'peers-cut',
  severity: 'error',
  family: 'data systems',
  title: 'NetworkPolicies cut what the processes of a data system say to each other',
  *check({ model }) {
    for (const { from, to, port, container, by } of peerFlows(model)) {
      // A port taken at random is let through only where all are.
      const verdict = connection(model, from, to, port ?? anyPort);
      if (verdict.allowed) continue;
      const end = verdict.cut === 'egress' ? from : to;
      const cut =
        `and the ${verdict.cut} policies of ${end.name} (${verdict.policies.join(', ')}) do not let it through: ` +
        'the two would not find each other';
      if (port === undefined) {
        yield {
          object: to.object,
          path: joinPath(container.path, 'ports'),
          message: `${from.kind} ${from.name} reaches it on a port taken at random, for nothing sets ${by}, ${cut}; set ${by}, and name the port in a policy`,
        };
        continue;
      }
      const declared = declaredPorts(to);
      const names = declared.map(({ number }) => number).join(', ') || 'none';
      const hidden = declared.some(({ number }) => number === port)
        ? ''
        : `, which it does not declare (it has ${names}), so that no policy leads there by name`;
      yield {
        object: hidden === '' ? end.object : to.object,
        path:
          hidden === '' ? joinPath(end.templatePath, 'metadata.labels') : joinPath(container.path, 'ports'),
        message: `${from.kind} ${from.name} reaches ${to.kind} ${to.name} on ${port} (${by})${hidden}, ${cut}`,
      };
    }
  },
};
