import { hasNoEndpoints } from '../graph/endpoints.ts';
import type { Flows } from '../graph/flows.ts';
import type { Model } from '../model/model.ts';
import { mayFillEndpoints } from '../model/run-time.ts';
import type { Rule } from './rule.ts';

/** Who would talk to each Service without endpoints, as `namespace name` of the Service. */
function addressed(model: Model, { deadEnds }: Flows): Map<string, string> {
  const by = new Map<string, string>();
  for (const { told, kind, reason } of deadEnds) {
    const [, name] = /^Service (\S+)/.exec(reason) ?? [];
    if (kind !== 'no-endpoints' || name === undefined) continue;
    const { workload } = told;
    const place = told.address.host.split('.')[1];
    const namespace =
      place !== undefined && model.service(place, name) !== undefined ? place : workload.namespace;
    const key = `${namespace} ${name}`;
    if (!by.has(key))
      by.set(key, `${workload.kind} ${workload.name} is told by ${told.by} to talk to ${told.address.text}`);
  }
  for (const { object, namespace, typed } of model.ingresses) {
    const { defaultBackend, rules = [] } = typed.spec ?? {};
    const backends = [
      defaultBackend,
      ...rules.flatMap(({ http }) => (http?.paths ?? []).map(({ backend }) => backend)),
    ];
    for (const backend of backends) {
      const key = `${namespace} ${backend?.service?.name}`;
      if (!by.has(key)) by.set(key, `Ingress ${object.metadata.name} routes to it`);
    }
  }
  return by;
}

/** A Service has no selector, and nothing gives it endpoints. */
export const serviceWithoutEndpoints: Rule = {
  id: 'service-without-endpoints',
  severity: 'error',
  family: 'services',
  title: 'a Service has no selector, and nothing gives it endpoints',
  *check(context) {
    const { model } = context;
    const empty = model.services.filter((service) => hasNoEndpoints(model, service));
    if (empty.length === 0) return;
    const by = addressed(model, context.flows);
    for (const { object, namespace, name } of empty) {
      const who = by.get(`${namespace} ${name}`);
      const later = mayFillEndpoints(model, namespace);
      if (who === undefined && later) continue;
      yield {
        object,
        path: 'spec',
        message:
          `it has no selector, and no EndpointSlice or Endpoints here is its own${who === undefined ? '' : `; ${who}`}: ` +
          `connections to it would be refused, unless ${later ? 'a controller of the target' : 'somebody'} fills it`,
        severity: who === undefined || later ? 'warning' : 'error',
      };
    }
  },
};
