import { describePorts } from '../graph/ports.ts';
import type { Ingress } from '../model/kubernetes.ts';
import type { Model, Typed } from '../model/model.ts';
import { operatorMakes } from '../model/run-time.ts';
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
  // The AWS controller takes such a backend from an annotation.
  if (name === undefined || port?.name === 'use-annotation') return;
  const service = model.service(ingress.namespace, name);
  if (service === undefined) {
    if (operatorMakes(model, ingress.namespace, name)) return;
    const names = model.names('', 'Service', ingress.namespace);
    yield {
      object: ingress.object,
      path: `${path}.service.name`,
      message: `it routes to Service ${name}, which is not in namespace ${ingress.namespace}${didYouMean(name, names)}: requests would fail with 503 or 404`,
      severity: names.length === 0 ? 'warning' : 'error',
    };
    return;
  }
  const ports = service.typed.spec?.ports ?? [];
  const field = port?.name === undefined ? 'number' : 'name';
  const wanted = port?.[field];
  if (wanted === undefined) return;
  if (ports.some((candidate) => (field === 'name' ? candidate.name : candidate.port) === wanted)) return;
  const candidates = ports.map((candidate) => (field === 'name' ? candidate.name : String(candidate.port)));
  const hint = didYouMean(
    String(wanted),
    candidates.filter((candidate) => candidate !== undefined),
  );
  yield {
    object: ingress.object,
    path: `${path}.service.port.${field}`,
    message: `it routes to port ${wanted} of Service ${name}, which has ${describePorts(service)}${hint}: requests would fail with 503 or 404`,
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
