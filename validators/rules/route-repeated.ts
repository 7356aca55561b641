import type { KubernetesObject } from '../render/objects.ts';
import type { Rule } from './rule.ts';

/** A way that an Ingress routes. */
interface Route {
  readonly object: KubernetesObject;
  readonly path: string;
  readonly said: string;
  readonly backend: string;
}

/** Annotations by which two Ingresses share a path on purpose. */
const shares = /(?:^|\/)(?:canary|canary-.*|router\.priority|group\.order|use-regex|server-snippet)$/;

/** Classes whose controller gives each Ingress a load balancer of its own; where none is named it may be one of them. */
const apart = /^(?:|alb|gce.*|gke.*)$/;

/** Two rules of one class of Ingress are for the same host and path, and lead to different Services. */
export const routeRepeated: Rule = {
  id: 'route-repeated',
  severity: 'warning',
  family: 'services',
  title: 'two rules of Ingresses are for the same host and path',
  *check({ model }) {
    const routes = new Map<string, Route>();
    for (const { object, typed, namespace } of model.ingresses) {
      const annotations = object.metadata.annotations ?? {};
      if (Object.keys(annotations).some((key) => shares.test(key))) continue;
      const { ingressClassName, rules = [] } = typed.spec ?? {};
      const klass = ingressClassName ?? annotations['kubernetes.io/ingress.class'] ?? '';
      for (const [i, { host = '*', http }] of rules.entries()) {
        for (const [j, { path = '/', pathType, backend }] of (http?.paths ?? []).entries()) {
          const plain = pathType === 'Prefix' ? path.replace(/(?<=.)\/+$/, '') : path;
          // What such a backend leads to stands in an annotation.
          if (backend.service?.port?.name === 'use-annotation') continue;
          const whose = apart.test(klass) ? `${namespace} ${object.metadata.name}` : klass;
          const key = `${whose} ${host} ${pathType} ${plain}`;
          const { name, port } = backend.service ?? {};
          const leads =
            backend.service === undefined
              ? JSON.stringify(backend.resource)
              : `${name}:${port?.name ?? port?.number}`;
          const before = routes.get(key);
          const at = `spec.rules[${i}].http.paths[${j}].path`;
          if (before === undefined) {
            routes.set(key, {
              object,
              path: at,
              said: `Ingress ${object.metadata.name}`,
              backend: `${leads} in ${namespace}`,
            });
            continue;
          }
          if (before.backend === `${leads} in ${namespace}`) continue;
          const who = before.object === object ? `its ${before.path}` : `${before.said} at ${before.path}`;
          yield {
            object,
            path: at,
            message:
              `it leads ${host === '*' ? '' : host}${path} to ${leads} in ${namespace}, and ${who} leads the same to ${before.backend}: ` +
              'one of the two gets no requests, and which one is up to the controller',
          };
        }
      }
    }
  },
};
