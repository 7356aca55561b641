import { connection, type End } from '../graph/policy.ts';
import { targetPort } from '../graph/ports.ts';
import type { Service, ServicePort } from '../model/kubernetes.ts';
import type { Model, Typed } from '../model/model.ts';
import type { KubernetesObject } from '../render/objects.ts';
import type { Problem, Rule } from './rule.ts';

function* judge(
  model: Model,
  from: End,
  who: string,
  service: Typed<Service>,
  port: ServicePort,
  object: KubernetesObject,
  path: string,
): Iterable<Problem> {
  for (const workload of model.behind(service)) {
    const number = targetPort(port, workload);
    if (!workload.serves || number === undefined) continue;
    const verdict = connection(model, from, { ...workload, workload }, number);
    if (verdict.allowed) continue;
    yield {
      object,
      path,
      message: `${who} is led to ${workload.kind} ${workload.name} on port ${number}, and the ingress policies of its pods (${verdict.policies.join(', ')}) do not admit it: requests would time out`,
    };
  }
}

/** What leads into the namespace from outside (an Ingress, a NodePort, a load balancer) ends at a closed door. */
export const entryCut: Rule = {
  id: 'entry-cut',
  severity: 'error',
  family: 'flows',
  title: 'NetworkPolicies cut a way in from outside',
  *check({ model, environment }) {
    const peer = environment?.peers.ingress;
    for (const { object, typed, namespace } of model.ingresses) {
      if (peer === undefined) break;
      const from: End = { namespace: peer.namespace, labels: peer.podLabels ?? {} };
      for (const [i, { http }] of (typed.spec?.rules ?? []).entries()) {
        for (const [j, { backend }] of (http?.paths ?? []).entries()) {
          const service = model.service(namespace, backend.service?.name ?? '');
          const wanted = backend.service?.port;
          const port = service?.typed.spec?.ports?.find(
            (one) => one.name === wanted?.name || one.port === wanted?.number,
          );
          if (service === undefined || port === undefined) continue;
          yield* judge(
            model,
            from,
            `the ingress controller (namespace ${peer.namespace})`,
            service,
            port,
            object,
            `spec.rules[${i}].http.paths[${j}].backend`,
          );
        }
      }
    }
    for (const service of model.services) {
      const { type, ports = [] } = service.typed.spec ?? {};
      if (type !== 'NodePort' && type !== 'LoadBalancer') continue;
      for (const [index, port] of ports.entries()) {
        yield* judge(
          model,
          { outside: true },
          'a client from outside',
          service,
          port,
          service.object,
          `spec.ports[${index}]`,
        );
      }
    }
  },
};
