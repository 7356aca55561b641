import { connection, type End } from '../graph/policy.ts';
import { declaredPorts } from '../graph/ports.ts';
import { namespaceOf } from '../model/model.ts';
import { type LabelSelector, matchesSelector } from '../model/selectors.ts';
import type { Rule } from './rule.ts';

/** Monitoring may not reach the metrics port of a pod that it is told to scrape. */
export const scrapeCut: Rule = {
  id: 'scrape-cut',
  severity: 'error',
  family: 'monitoring',
  title: 'NetworkPolicies keep monitoring from a port that it is told to scrape',
  needsEnvironment: true,
  *check({ model, environment }) {
    const peer = environment?.peers.monitoring;
    if (peer === undefined) return;
    const from: End = { namespace: peer.namespace, labels: peer.podLabels ?? {} };
    for (const object of model.all('monitoring.coreos.com', 'PodMonitor')) {
      const { selector, podMetricsEndpoints = [] } = (object.spec ?? {}) as {
        selector?: LabelSelector;
        podMetricsEndpoints?: readonly { port?: string }[];
      };
      const pods = model.workloads.filter(
        ({ namespace, labels }) =>
          namespace === namespaceOf(object) && matchesSelector(selector ?? {}, labels),
      );
      for (const workload of pods) {
        for (const [index, { port }] of podMetricsEndpoints.entries()) {
          const number = declaredPorts(workload).find(({ name }) => name === port)?.number;
          if (number === undefined) continue;
          const verdict = connection(model, from, { ...workload, workload }, number);
          if (verdict.allowed) continue;
          yield {
            object,
            path: `spec.podMetricsEndpoints[${index}].port`,
            message: `it scrapes ${workload.kind} ${workload.name} on ${port} (${number}), and the ingress policies of its pods (${verdict.policies.join(', ')}) do not admit namespace ${peer.namespace}`,
          };
        }
      }
    }
    for (const object of model.all('monitoring.coreos.com', 'ServiceMonitor')) {
      const { selector, endpoints = [] } = (object.spec ?? {}) as {
        selector?: LabelSelector;
        endpoints?: readonly { port?: string }[];
      };
      for (const service of model.services) {
        if (
          service.namespace !== namespaceOf(object) ||
          !matchesSelector(selector ?? {}, service.object.metadata.labels ?? {})
        )
          continue;
        for (const [index, { port }] of endpoints.entries()) {
          const servicePort = (service.typed.spec?.ports ?? []).find(({ name }) => name === port);
          if (servicePort === undefined) continue;
          for (const workload of model.behind(service)) {
            const target = servicePort.targetPort ?? servicePort.port;
            const number =
              typeof target === 'number'
                ? target
                : declaredPorts(workload).find(({ name }) => name === target)?.number;
            const verdict = connection(model, from, { ...workload, workload }, number);
            if (verdict.allowed) continue;
            yield {
              object,
              path: `spec.endpoints[${index}].port`,
              message: `it scrapes ${workload.kind} ${workload.name} on ${port} (${number}), and the ingress policies of its pods (${verdict.policies.join(', ')}) do not admit namespace ${peer.namespace}`,
            };
          }
        }
      }
    }
  },
};
