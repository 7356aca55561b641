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
      const ports = (typed.spec?.ports ?? []).map(({ nodePort, protocol }, index) => ({
        nodePort,
        protocol,
        path: `spec.ports[${index}].nodePort`,
      }));
      const { healthCheckNodePort } = typed.spec ?? {};
      const health = { nodePort: healthCheckNodePort, protocol: 'TCP', path: 'spec.healthCheckNodePort' };
      for (const { nodePort = 0, protocol = 'TCP', path } of [...ports, health]) {
        // Zero is for the API server to choose.
        if (nodePort === 0) continue;
        const before = taken.get(`${nodePort} ${protocol}`);
        if (before === undefined) taken.set(`${nodePort} ${protocol}`, `${namespace}/${name}`);
        else {
          yield {
            object,
            path,
            message: `node port ${nodePort} is Service ${before}'s already: the API server would refuse the second`,
          };
        }
      }
    }
  },
};
