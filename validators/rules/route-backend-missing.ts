import { describePorts } from '../graph/ports.ts';
import { type Model, namespaceOf } from '../model/model.ts';
import { operatorMakes } from '../model/run-time.ts';
import type { KubernetesObject } from '../render/objects.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Problem, Rule } from './rule.ts';

const gateway = 'gateway.networking.k8s.io';
const routes = ['HTTPRoute', 'GRPCRoute', 'TCPRoute', 'TLSRoute', 'UDPRoute'];

interface BackendRef {
  readonly group?: string;
  readonly kind?: string;
  readonly name: string;
  readonly namespace?: string;
  readonly port?: number | string;
}

interface Place {
  readonly ref: BackendRef;
  readonly path: string;
}

/** What a route, or one of Traefik's, sends requests to. */
function* backends(model: Model): Iterable<Place & { readonly object: KubernetesObject }> {
  for (const object of routes.flatMap((kind) => model.all(gateway, kind))) {
    const { rules = [] } = (object.spec ?? {}) as {
      rules?: readonly { backendRefs?: readonly BackendRef[] }[];
    };
    for (const [i, { backendRefs = [] }] of rules.entries()) {
      for (const [j, ref] of backendRefs.entries())
        yield { object, ref, path: `spec.rules[${i}].backendRefs[${j}]` };
    }
  }
  for (const object of model.all('traefik.io', 'IngressRoute')) {
    const { routes: of = [] } = (object.spec ?? {}) as {
      routes?: readonly { services?: readonly BackendRef[] }[];
    };
    for (const [i, { services = [] }] of of.entries()) {
      for (const [j, ref] of services.entries())
        yield { object, ref, path: `spec.routes[${i}].services[${j}]` };
    }
  }
}

/** True when the target lets routes of one namespace lead to Services of another. */
function isGranted(model: Model, object: KubernetesObject, namespace: string): boolean {
  return model.all(gateway, 'ReferenceGrant').some((grant) => {
    const { from = [], to = [] } = (grant.spec ?? {}) as {
      from?: readonly { kind: string; namespace: string }[];
      to?: readonly { kind: string }[];
    };
    return (
      namespaceOf(grant) === namespace &&
      from.some(({ kind, namespace: of }) => kind === object.kind && of === namespaceOf(object)) &&
      to.some(({ kind }) => kind === 'Service')
    );
  });
}

function judge(model: Model, object: KubernetesObject, { ref, path }: Place): Problem | undefined {
  const { kind = 'Service', group = '', name, port } = ref;
  if (kind !== 'Service' || group !== '') return undefined;
  const namespace = ref.namespace ?? namespaceOf(object);
  const effect = 'requests would fail with 500 or 503';
  const service = model.service(namespace, name);
  if (service === undefined) {
    const names = model.names('', 'Service', namespace);
    if (operatorMakes(model, namespace, name) || (names.length === 0 && namespace !== namespaceOf(object)))
      return undefined;
    return {
      object,
      path: `${path}.name`,
      message: `it routes to Service ${name}, which is not in namespace ${namespace}${didYouMean(name, names)}: ${effect}`,
      severity: names.length === 0 ? 'warning' : 'error',
    };
  }
  const ports = service.typed.spec?.ports ?? [];
  if (
    port !== undefined &&
    !ports.some((one) => one.port === Number(port) || (typeof port === 'string' && one.name === port))
  ) {
    const numbers = ports.map((one) => String(one.port));
    return {
      object,
      path: `${path}.port`,
      message: `it routes to port ${port} of Service ${name}, which has ${describePorts(service)}${didYouMean(String(port), numbers)}: ${effect}`,
    };
  }
  if (
    namespace === namespaceOf(object) ||
    object.kind === 'IngressRoute' ||
    isGranted(model, object, namespace)
  )
    return undefined;
  return {
    object,
    path: `${path}.namespace`,
    message: `it routes to Service ${name} in namespace ${namespace}, where no ReferenceGrant lets ${object.kind}s of ${namespaceOf(object)} in: ${effect}`,
  };
}

/** A route of the Gateway API, or of Traefik, leads to a Service or port that is not there. */
export const routeBackendMissing: Rule = {
  id: 'route-backend-missing',
  severity: 'error',
  family: 'services',
  title: 'a route leads to a Service or port that is not there',
  *check({ model }) {
    for (const { object, ref, path } of backends(model)) {
      const problem = judge(model, object, { ref, path });
      if (problem !== undefined) yield problem;
    }
  },
};
