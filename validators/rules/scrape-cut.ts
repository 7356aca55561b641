import { connection, type End } from '../graph/policy.ts';
import { declaredPorts, targetPort } from '../graph/ports.ts';
import type { Model } from '../model/model.ts';
import { perModel } from '../model/per-model.ts';
import { type LabelSelector, matchesSelector } from '../model/selectors.ts';
import type { Workload } from '../model/workload.ts';
import type { KubernetesObject } from '../render/objects.ts';
import { namespacesOf } from './monitor-selects-nothing.ts';
import type { Rule } from './rule.ts';

interface MonitorSpec {
  readonly selector?: LabelSelector;
  readonly endpoints?: readonly { readonly port?: string; readonly targetPort?: string | number }[];
  readonly podMetricsEndpoints?: readonly { readonly port?: string; readonly portNumber?: number }[];
}

/** A pod port that a monitor scrapes. */
export interface Scrape {
  readonly object: KubernetesObject;
  readonly path: string;
  /** The port as the monitor names it. */
  readonly port: string;
  readonly workload: Workload;
  readonly number: number;
}

function numberOf(workload: Workload, port: string | number | undefined): number | undefined {
  if (port === undefined) return undefined;
  if (/^\d+$/.test(String(port))) return Number(port);
  return declaredPorts(workload).find(({ name }) => name === port)?.number;
}

/** Every pod port that a target's monitors scrape. */
export const scrapes = perModel((model): readonly Scrape[] => [...read(model)]);

/** The same by the workload whose port it is. */
export const scrapesOf = perModel((model) => Map.groupBy(scrapes(model), ({ workload }) => workload));

function* read(model: Model): Iterable<Scrape> {
  for (const object of model.all('monitoring.coreos.com', 'PodMonitor')) {
    const { selector, podMetricsEndpoints = [] } = (object.spec ?? {}) as MonitorSpec;
    const selected = namespacesOf(model, object).flatMap((namespace) =>
      model.selectedBy(namespace, selector ?? {}),
    );
    for (const workload of selected) {
      for (const [index, { port, portNumber }] of podMetricsEndpoints.entries()) {
        const number = numberOf(workload, port ?? portNumber);
        const path = `spec.podMetricsEndpoints[${index}]`;
        if (number !== undefined) yield { object, path, port: String(port ?? portNumber), workload, number };
      }
    }
  }
  for (const object of model.all('monitoring.coreos.com', 'ServiceMonitor')) {
    const { selector, endpoints = [] } = (object.spec ?? {}) as MonitorSpec;
    for (const service of namespacesOf(model, object).flatMap((namespace) => model.servicesIn(namespace))) {
      if (!matchesSelector(selector ?? {}, service.object.metadata.labels ?? {})) continue;
      for (const [index, { port, targetPort: target }] of endpoints.entries()) {
        const servicePort = (service.typed.spec?.ports ?? []).find(
          ({ name }) => port !== undefined && name === port,
        );
        for (const workload of model.behind(service)) {
          const number =
            servicePort === undefined ? numberOf(workload, target) : targetPort(servicePort, workload);
          const path = `spec.endpoints[${index}]`;
          if (number !== undefined) yield { object, path, port: String(port ?? target), workload, number };
        }
      }
    }
  }
}

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
    const from: End = { namespace: peer.namespace, labels: peer.podLabels };
    for (const { object, path, port, workload, number } of scrapes(model)) {
      const verdict = connection(model, from, workload, number);
      if (verdict.allowed) continue;
      yield {
        object,
        path,
        message: `it scrapes ${workload.kind} ${workload.name} on ${port === String(number) ? port : `${port} (${number})`}, and the ingress policies of its pods (${verdict.policies.join(', ')}) do not admit namespace ${peer.namespace}: the target would be down`,
      };
    }
  },
};
