import { isIP } from 'node:net';
import { held, outOfShape, refused } from '../api-server/refused.ts';
import { dnsSubdomain, hostName, portName, portNumber, serviceName } from '../api-server/shapes.ts';
import type { KubernetesObject } from '../render/objects.ts';
import type { Problem, Rule } from './rule.ts';

interface Backend {
  readonly service?: {
    readonly name?: string;
    readonly port?: { readonly name?: string; readonly number?: number };
  };
  readonly resource?: unknown;
}

interface Spec {
  readonly ingressClassName?: string;
  readonly defaultBackend?: Backend;
  readonly rules?: readonly {
    readonly host?: string;
    readonly http?: {
      readonly paths?: readonly {
        readonly path?: string;
        readonly pathType?: string;
        readonly backend?: Backend;
      }[];
    };
  }[];
  readonly tls?: readonly { readonly hosts?: readonly string[]; readonly secretName?: string }[];
}

function* inBackend(object: KubernetesObject, path: string, backend: Backend): Iterable<Problem> {
  const ends = held(backend, ['service', 'resource']);
  if (ends.length === 0) yield refused(object, path, 'the backend is neither a service nor a resource');
  if (ends.length > 1) yield refused(object, path, 'the backend is a service and a resource, and may be one');
  if (backend.service === undefined) return;
  const { name, port = {} } = backend.service;
  yield* outOfShape(object, `${path}.service.name`, 'the Service', name, serviceName);
  const at = `${path}.service.port`;
  if (port.name && port.number) yield refused(object, at, 'the port is named and numbered, and may be one');
  else if (port.name) yield* outOfShape(object, `${at}.name`, 'the port', port.name, portName);
  else if (!port.number) yield refused(object, at, 'the port has neither a name nor a number');
  else {
    const wrong = portNumber(port.number);
    if (wrong !== undefined) yield refused(object, `${at}.number`, `the port ${port.number} ${wrong}`);
  }
}

/** What is wrong with a path; undefined for one that is right. */
function wrongPath(path: string, type: string): string | undefined {
  const may = type === 'ImplementationSpecific';
  if (!path.startsWith('/'))
    return path === '' && may ? undefined : `must begin with "/" for pathType ${type}`;
  if (may) return undefined;
  const held = ['//', '/./', '/../', '%2f', '%2F'].find((part) => path.includes(part));
  if (held !== undefined) return `may not hold "${held}" for pathType ${type}`;
  const end = ['/..', '/.'].find((part) => path.endsWith(part));
  return end === undefined ? undefined : `may not end with "${end}" for pathType ${type}`;
}

function* inHost(object: KubernetesObject, path: string, host: string | undefined): Iterable<Problem> {
  if (!host) return;
  if (isIP(host) !== 0) yield refused(object, path, `the host ${host} is an address, and must be a name`);
  else yield* outOfShape(object, path, 'the host', host, hostName);
}

function* inIngress(object: KubernetesObject): Iterable<Problem> {
  const { rules = [], defaultBackend, tls = [], ingressClassName } = (object.spec ?? {}) as Spec;
  if (rules.length === 0 && defaultBackend === undefined)
    yield refused(object, 'spec', 'the Ingress has neither rules nor a defaultBackend');
  if (defaultBackend) yield* inBackend(object, 'spec.defaultBackend', defaultBackend);
  yield* outOfShape(object, 'spec.ingressClassName', 'the class', ingressClassName, dnsSubdomain);
  for (const [index, { host, http }] of rules.entries()) {
    yield* inHost(object, `spec.rules[${index}].host`, host);
    if (http && (http.paths ?? []).length === 0)
      yield refused(object, `spec.rules[${index}].http`, 'the rule has no paths');
    for (const [position, { path = '', pathType = 'ImplementationSpecific', backend }] of (
      http?.paths ?? []
    ).entries()) {
      const at = `spec.rules[${index}].http.paths[${position}]`;
      const wrong = wrongPath(path, pathType);
      if (wrong !== undefined) yield refused(object, `${at}.path`, `the path "${path}" ${wrong}`);
      if (backend) yield* inBackend(object, `${at}.backend`, backend);
    }
  }
  for (const [index, { hosts = [], secretName }] of tls.entries()) {
    if (secretName)
      yield* outOfShape(object, `spec.tls[${index}].secretName`, 'the Secret', secretName, dnsSubdomain);
    for (const [position, host] of hosts.entries())
      yield* inHost(object, `spec.tls[${index}].hosts[${position}]`, host);
  }
  const key = 'kubernetes.io/ingress.class';
  const older = object.metadata.annotations?.[key];
  if (older !== undefined && ingressClassName !== undefined && older !== ingressClassName)
    yield refused(
      object,
      `metadata.annotations["${key}"]`,
      `the annotation asks for class ${older}, and ingressClassName for ${ingressClassName}`,
    );
}

/** An Ingress has paths, hosts or backends that the API server does not take. */
export const ingressRefused: Rule = {
  id: 'ingress-refused',
  severity: 'error',
  family: 'api server',
  title: 'an Ingress has a path, a host or a backend that the API server refuses',
  *check({ model }) {
    for (const { object } of model.ingresses) yield* inIngress(object);
  },
};
