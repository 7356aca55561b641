import { connection, type End } from '../graph/policy.ts';
import { targetPort } from '../graph/ports.ts';
import type { Service, ServicePort } from '../model/kubernetes.ts';
import type { Model, Typed } from '../model/model.ts';
import type { Problem, Rule } from './rule.ts';

interface Backend {
  readonly service?: {
    readonly name?: string;
    readonly port?: { readonly name?: string; readonly number?: number };
  };
}

/** What keeps a client from the pods behind a port of a Service; undefined where nothing does. */
function cutOf(model: Model, from: End, service: Typed<Service>, port: ServicePort): string | undefined {
  for (const workload of model.behind(service)) {
    const number = targetPort(port, workload);
    if (!workload.serves || number === undefined) continue;
    const verdict = connection(model, from, workload, number, port.protocol ?? 'TCP');
    if (verdict.allowed) continue;
    return `is led to ${workload.kind} ${workload.name} on port ${number}, and the ingress policies of its pods (${verdict.policies.join(', ')}) do not admit it: requests would time out`;
  }
  return undefined;
}

/** What leads into the namespace from outside (an Ingress, a NodePort, a load balancer) ends at a closed door. */
export const entryCut: Rule = {
  id: 'entry-cut',
  severity: 'error',
  family: 'flows',
  title: 'NetworkPolicies cut a way in from outside',
  *check({ model, environment }): Iterable<Problem> {
    const peer = environment?.peers.ingress;
    for (const { object, typed, namespace } of model.ingresses) {
      if (peer === undefined) break;
      const from: End = { namespace: peer.namespace, labels: peer.podLabels };
      const backends: [string, Backend | undefined][] = [
        ['spec.defaultBackend', typed.spec?.defaultBackend],
        ...(typed.spec?.rules ?? []).flatMap(({ http }, i) =>
          (http?.paths ?? []).map(({ backend }, j): [string, Backend] => [
            `spec.rules[${i}].http.paths[${j}].backend`,
            backend,
          ]),
        ),
      ];
      for (const [path, backend] of backends) {
        const service = model.service(namespace, backend?.service?.name ?? '');
        const { name, number } = backend?.service?.port ?? {};
        const port = (service?.typed.spec?.ports ?? []).find((one) =>
          name === undefined ? one.port === number : one.name === name,
        );
        if (service === undefined || port === undefined) continue;
        const cut = cutOf(model, from, service, port);
        if (cut !== undefined)
          yield { object, path, message: `the ingress controller (namespace ${peer.namespace}) ${cut}` };
      }
    }
    for (const service of model.services) {
      const { type, ports = [] } = service.typed.spec ?? {};
      if (type !== 'NodePort' && type !== 'LoadBalancer') continue;
      const cuts = ports.map((port) => cutOf(model, { outside: true }, service, port));
      // Where one port is let in, the others may be meant for inside alone.
      const some = cuts.some((cut) => cut === undefined);
      for (const [index, cut] of cuts.entries()) {
        if (cut === undefined) continue;
        yield {
          object: service.object,
          path: `spec.ports[${index}]`,
          message: `a client from outside ${cut}`,
          ...(some ? { severity: 'warning' as const } : {}),
        };
      }
    }
  },
};
