import { describePorts } from '../graph/ports.ts';
import type { Ingress } from '../model/kubernetes.ts';
import type { Model, Typed } from '../model/model.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Problem, Rule } from './rule.ts';

interface Backend {
  readonly service?: {
    readonly name: string;
    readonly port?: { readonly name?: string; readonly number?: number };
  };
}

function* judge(
  model: Model,
  ingress: Typed<Ingress>,
  backend: Backend | undefined,
  path: string,
): Iterable<Problem> {
  const { name, port } = backend?.service ?? {};
  if (name === undefined) return;
  const service = model.service(ingress.namespace, name);
  if (service === undefined) {
    const names = model.names('', 'Service', ingress.namespace);
    yield {
      object: ingress.object,
      path: `${path}.service.name`,
      message: `it routes to Service ${name}, which is not in namespace ${ingress.namespace}${didYouMean(name, names)}: requests would get 503`,
    };
    return;
  }
  const ports = service.typed.spec?.ports ?? [];
  if (ports.some((candidate) => candidate.name === port?.name || candidate.port === port?.number)) {
    if (port?.name === undefined || ports.some((candidate) => candidate.name === port.name)) return;
  }
  const hint = didYouMean(
    String(port?.name ?? port?.number),
    ports.map((candidate) => candidate.name ?? String(candidate.port)),
  );
  yield {
    object: ingress.object,
    path: `${path}.service.port`,
    message: `it routes to port ${port?.name ?? port?.number} of Service ${name}, which has ${describePorts(service)}${hint}: requests would get 503`,
  };
}

/** An Ingress routes to a Service, or a port of one, that is not there. */
export const ingressBackendMissing: Rule = {
  id: 'ingress-backend-missing',
  severity: 'error',
  family: 'services',
  title: 'an Ingress routes to a Service or port that is not there',
  *check({ model }) {
    for (const ingress of model.ingresses) {
      const { defaultBackend, rules } = ingress.typed.spec ?? {};
      yield* judge(model, ingress, defaultBackend, 'spec.defaultBackend');
      for (const [i, { http }] of (rules ?? []).entries()) {
        for (const [j, { backend }] of (http?.paths ?? []).entries()) {
          yield* judge(model, ingress, backend, `spec.rules[${i}].http.paths[${j}].backend`);
        }
      }
    }
  },
};
