import { nearest } from '../text/nearest.ts';
import type { Rule } from './rule.ts';

/** A Service opens a port of the node that nobody outside of it reaches. */
export const nodePortUnmapped: Rule = {
  id: 'node-port-unmapped',
  severity: 'error',
  family: 'services',
  title: 'a node port is not one that leads to the nodes from outside',
  needsEnvironment: true,
  *check({ model, environment }) {
    const { from, to, mapped } = environment?.nodePorts ?? { from: 0, to: 0 };
    if (environment === undefined || mapped === undefined) return;
    for (const { object, typed } of model.services) {
      const { type, ports = [] } = typed.spec ?? {};
      if (type !== 'NodePort') continue;
      for (const [index, { nodePort }] of ports.entries()) {
        const path = `spec.ports[${index}]`;
        const outside = `${environment.name} leads ${mapped.join(', ')} to its nodes`;
        if (!nodePort) {
          yield {
            object,
            path,
            message: `the API server chooses the node port, and ${outside}: it would be another one, which nobody outside reaches`,
          };
        } else if (nodePort >= from && nodePort <= to && !mapped.includes(nodePort)) {
          const meant = nearest(String(nodePort), mapped.map(String));
          yield {
            object,
            path: `${path}.nodePort`,
            message: `${outside}, not ${nodePort}${meant === undefined ? '' : ` (did you mean ${meant}?)`}: the port is open on the node, and nobody outside reaches it`,
          };
        }
      }
    }
  },
};
