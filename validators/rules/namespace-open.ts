import { directionsOf, policiesFor } from '../graph/policy.ts';
import type { Rule } from './rule.ts';

/** A namespace has NetworkPolicies, and some of its pods are selected by none in a direction: they are open to all. */
export const namespaceOpen: Rule = {
  id: 'namespace-open',
  severity: 'warning',
  family: 'flows',
  title: 'a namespace with policies has no default-deny',
  *check({ model }) {
    for (const namespace of model.namespaces) {
      const own = model.policies.filter((policy) => policy.namespace === namespace);
      for (const direction of ['Ingress', 'Egress'] as const) {
        const used = own.some(({ typed }) => directionsOf(typed).includes(direction));
        // Whoever carries no label at all is selected by nothing but a policy for all pods.
        if (!used || policiesFor(model, { namespace, labels: {} }, direction).length > 0) continue;
        const [first] = own;
        const open = model.workloads
          .filter(
            (workload) =>
              workload.namespace === namespace && policiesFor(model, workload, direction).length === 0,
          )
          .map(({ kind, name }) => `${kind} ${name}`);
        yield {
          ...(first === undefined ? {} : { object: first.object }),
          path: 'spec.podSelector',
          message:
            `namespace ${namespace} has ${direction.toLowerCase()} policies and none for all its pods: ` +
            `${open.length === 0 ? 'the next workload' : open.join(', ')} would be open to everything; add a default-deny policy`,
        };
      }
    }
  },
};
