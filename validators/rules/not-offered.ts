import type { Environment } from '../environment/environment.ts';
import { groupOf } from '../model/model.ts';
import type { KubernetesObject } from '../render/objects.ts';
import { claimsOfCustom, type MadeClaim, madeClaims } from '../room/claims.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Problem, Rule } from './rule.ts';

/**
 * Groups that every Kubernetes cluster serves, beyond the core group. A group that ends with k8s.io need not be one:
 * gateway.networking.k8s.io and snapshot.storage.k8s.io are custom resources.
 * Source: k8s.io/api.
 */
const builtIn = new Set([
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
  'apps',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'coordination.k8s.io',
  'discovery.k8s.io',
  'events.k8s.io',
  'flowcontrol.apiserver.k8s.io',
  'networking.k8s.io',
  'node.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'resource.k8s.io',
  'scheduling.k8s.io',
  'storage.k8s.io',
  'storagemigration.k8s.io',
]);

interface ServiceSpec {
  readonly type?: string;
  readonly ports?: readonly { readonly nodePort?: number }[];
}

/** An object needs something of the cluster that `environment.yaml` does not declare. */
export const notOffered: Rule = {
  id: 'not-offered',
  severity: 'error',
  family: 'room',
  title: 'an object needs something that the cluster does not have',
  needsEnvironment: true,
  check({ model, environment }) {
    if (environment === undefined) return [];
    const claims = [...madeClaims(model), ...model.objects.filter(isCustom).flatMap(claimsOfCustom)];
    return [
      ...model.objects.flatMap((object) => [
        ...api(object, environment),
        ...ingress(object, environment),
        ...service(object, environment),
      ]),
      ...claims.flatMap((made) => claim(made, environment)),
    ];
  },
};

function finding(object: KubernetesObject, path: string, message: string): Problem {
  return { object, path, message };
}

/** True for an object of a group that not every cluster has. */
function isCustom(object: KubernetesObject): boolean {
  const group = groupOf(object);
  return group !== '' && !builtIn.has(group);
}

function api(object: KubernetesObject, environment: Environment): Problem[] {
  const group = groupOf(object);
  if (!isCustom(object)) return [];
  if (environment.apis.includes(group)) return [];
  return [
    finding(
      object,
      'apiVersion',
      `${environment.name} has no API group ${group}: the API server would refuse the object; ` +
        'leave it out of this environment, or declare the group in environment.yaml',
    ),
  ];
}

function claim({ object, path, spec }: MadeClaim, environment: Environment): Problem[] {
  const { storageClasses, name } = environment;
  const wanted = spec.storageClassName;
  // An empty name asks for a volume that somebody made by hand, and so does a volume's own name.
  if (wanted === '' || spec.volumeName) return [];
  const found = storageClasses.find((offered) =>
    wanted === undefined ? offered.default : offered.name === wanted,
  );
  if (found === undefined) {
    const names = storageClasses.map((offered) => offered.name);
    return [
      finding(
        object,
        `${path}.storageClassName`,
        wanted === undefined
          ? `the claim names no storage class and ${name} has no default one: it would stay Pending`
          : `${name} has no storage class ${wanted}${didYouMean(wanted, names)}: the claim would stay Pending`,
      ),
    ];
  }
  const refused = (spec.accessModes ?? []).find((mode) => !found.accessModes.includes(mode));
  if (refused === undefined) return [];
  return [
    finding(
      object,
      `${path}.accessModes`,
      `storage class ${found.name} of ${name} gives ${found.accessModes.join(', ')}, not ${refused}: ` +
        'the claim would stay Pending',
    ),
  ];
}

function ingress(object: KubernetesObject, environment: Environment): Problem[] {
  if (object.kind !== 'Ingress' || groupOf(object) !== 'networking.k8s.io') return [];
  const wanted =
    ((object.spec ?? {}) as { readonly ingressClassName?: string }).ingressClassName ??
    object.metadata.annotations?.['kubernetes.io/ingress.class'];
  if (wanted !== undefined && environment.ingressClasses.includes(wanted)) return [];
  const offered = environment.ingressClasses.join(', ') || 'none';
  return [
    finding(
      object,
      'spec.ingressClassName',
      `${environment.name} has the ingress classes ${offered}, not ${wanted ?? 'one for an Ingress that names none'}: ` +
        'no controller would serve it',
    ),
  ];
}

function service(object: KubernetesObject, environment: Environment): Problem[] {
  // Knative has a kind of this name too.
  if (object.kind !== 'Service' || groupOf(object) !== '') return [];
  const { type, ports = [] } = (object.spec ?? {}) as ServiceSpec;
  const findings: Problem[] = [];
  if (type === 'LoadBalancer' && !environment.loadBalancers) {
    const message = `${environment.name} gives no load balancers: the address would stay pending; use a NodePort there`;
    findings.push(finding(object, 'spec.type', message));
  }
  const { from, to } = environment.nodePorts;
  for (const [index, { nodePort }] of ports.entries()) {
    // Zero is for the API server to choose.
    if (!nodePort || (nodePort >= from && nodePort <= to)) continue;
    findings.push(
      finding(
        object,
        `spec.ports[${index}].nodePort`,
        `${nodePort} lies outside ${from}-${to}: the Service would be refused`,
      ),
    );
  }
  return findings;
}
