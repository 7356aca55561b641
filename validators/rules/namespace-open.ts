import { policiesFor } from '../graph/policy.ts';
import type { Rule } from './rule.ts';

/** A namespace has NetworkPolicies, and some of its pods are selected by none in a direction: they are open to all. */
export const namespaceOpen: Rule = {
  id: 'namespace-open',
  severity: 'warning',
  family: 'flows',
  title: 'a pod is open in a direction that its namespace closes for others',
  *check({ model }) {
    for (const workload of model.workloads) {
      const own = model.policies.filter(({ namespace }) => namespace === workload.namespace);
      for (const direction of ['Ingress', 'Egress'] as const) {
        const used = own.some(({ typed }) => (typed.spec?.policyTypes ?? ['Ingress']).includes(direction));
        if (!used || policiesFor(model, workload, direction).length > 0) continue;
        yield {
          object: workload.object,
          path: workload.templatePath === '' ? 'metadata.labels' : `${workload.templatePath}.metadata.labels`,
          message: `namespace ${workload.namespace} has ${direction.toLowerCase()} policies, and none selects these pods: they are open to everything; is a default-deny policy missing?`,
        };
      }
    }
  },
};
