import type { Rule } from './rule.ts';

/** Two Services open the same port of every node. */
export const nodePortClash: Rule = {
  id: 'node-port-clash',
  severity: 'error',
  family: 'services',
  title: 'two Services want the same port of every node',
  *check({ model }) {
    const taken = new Map<string, string>();
    for (const { object, typed, namespace, name } of model.services) {
      for (const [index, { nodePort, protocol = 'TCP' }] of (typed.spec?.ports ?? []).entries()) {
        if (nodePort === undefined) continue;
        const before = taken.get(`${nodePort} ${protocol}`);
        if (before === undefined) taken.set(`${nodePort} ${protocol}`, `${namespace}/${name}`);
        else {
          yield {
            object,
            path: `spec.ports[${index}].nodePort`,
            message: `node port ${nodePort} is Service ${before}'s already: the API server would refuse the second`,
          };
        }
      }
    }
  },
};
