import type { Environment } from '../environment/environment.ts';
import type { Model } from '../model/model.ts';
import { joinPath } from '../model/workload.ts';
import type { KubernetesObject } from '../render/objects.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Problem, Rule } from './rule.ts';

/** Groups that every Kubernetes cluster serves, beyond the core group and those under k8s.io. */
const builtIn = new Set(['apps', 'batch', 'autoscaling', 'policy']);

interface ClaimSpec {
  readonly accessModes?: readonly string[];
  readonly storageClassName?: string | undefined;
  readonly volumeName?: string;
}

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
    const offered = withOwn(model, environment);
    return model.objects.flatMap((object) => [
      ...api(object, offered),
      ...storage(model, object, offered),
      ...ingress(object, offered),
      ...service(object, environment),
    ]);
  },
};

/** What the cluster offers once the target's own storage classes, ingress classes and CRDs are there. */
function withOwn(model: Model, environment: Environment): Environment {
  const groups = model
    .all('apiextensions.k8s.io', 'CustomResourceDefinition')
    .map(({ spec }) => (spec as { group?: string } | undefined)?.group ?? '');
  const classes = model.all('storage.k8s.io', 'StorageClass').map(({ metadata }) => ({
    name: metadata.name,
    default: metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true',
    accessModes: ['ReadWriteOnce', 'ReadWriteOncePod', 'ReadOnlyMany', 'ReadWriteMany'],
  }));
  return {
    ...environment,
    apis: [...environment.apis, ...groups],
    storageClasses: [...environment.storageClasses, ...classes],
    ingressClasses: [
      ...environment.ingressClasses,
      ...model.all('networking.k8s.io', 'IngressClass').map(({ metadata }) => metadata.name),
    ],
  };
}

function finding(object: KubernetesObject, path: string, message: string): Problem {
  return { object, path, message };
}

function api(object: KubernetesObject, environment: Environment): Problem[] {
  const [group = ''] = object.apiVersion.includes('/') ? object.apiVersion.split('/') : [];
  if (group === '' || builtIn.has(group) || /(?:^|\.)k8s\.io$/.test(group)) return [];
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

function storage(model: Model, object: KubernetesObject, environment: Environment): Problem[] {
  const spec = (object.spec ?? {}) as ClaimSpec & {
    readonly volumeClaimTemplates?: readonly { readonly spec?: ClaimSpec }[];
  };
  if (object.kind === 'PersistentVolumeClaim') return claim(object, 'spec', spec, environment);
  const workload = model.workloads.find((one) => one.object === object);
  const templates = object.kind === 'StatefulSet' ? (spec.volumeClaimTemplates ?? []) : [];
  return [
    ...templates.flatMap(({ spec: wanted = {} }, index) =>
      claim(object, `spec.volumeClaimTemplates[${index}].spec`, wanted, environment),
    ),
    ...(workload?.pod.volumes ?? []).flatMap(({ ephemeral }, index) =>
      ephemeral?.volumeClaimTemplate === undefined
        ? []
        : claim(
            object,
            joinPath(
              workload?.templatePath ?? '',
              `spec.volumes[${index}].ephemeral.volumeClaimTemplate.spec`,
            ),
            ephemeral.volumeClaimTemplate.spec as ClaimSpec,
            environment,
          ),
    ),
  ];
}

function claim(object: KubernetesObject, path: string, spec: ClaimSpec, environment: Environment): Problem[] {
  const { storageClasses, name } = environment;
  const wanted = spec.storageClassName;
  // A claim of a volume that is already there, or of any that an administrator made, asks no class.
  if (spec.volumeName !== undefined || wanted === '') return [];
  const found = storageClasses.find((offered) =>
    wanted === undefined ? offered.default : offered.name === wanted,
  );
  if (found === undefined) {
    const names = storageClasses.map((offered) => offered.name);
    return [
      finding(
        object,
        wanted === undefined ? path : `${path}.storageClassName`,
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
  if (object.kind !== 'Ingress') return [];
  const legacy = 'kubernetes.io/ingress.class';
  const own = (object.spec as { readonly ingressClassName?: string } | undefined)?.ingressClassName;
  const wanted = own ?? object.metadata.annotations?.[legacy];
  if (wanted !== undefined && environment.ingressClasses.includes(wanted)) return [];
  const offered = environment.ingressClasses.join(', ') || 'none';
  return [
    finding(
      object,
      own !== undefined
        ? 'spec.ingressClassName'
        : wanted === undefined
          ? 'spec'
          : `metadata.annotations["${legacy}"]`,
      `${environment.name} has the ingress classes ${offered}, not ${wanted ?? 'one for an Ingress that names none'}${didYouMean(wanted ?? '', environment.ingressClasses)}: ` +
        'no controller would serve it',
    ),
  ];
}

function service(object: KubernetesObject, environment: Environment): Problem[] {
  if (object.kind !== 'Service') return [];
  const { type, ports = [] } = (object.spec ?? {}) as ServiceSpec;
  const findings: Problem[] = [];
  if (type === 'LoadBalancer' && !environment.loadBalancers) {
    const message = `${environment.name} gives no load balancers: the address would stay pending; use a NodePort there`;
    findings.push(finding(object, 'spec.type', message));
  }
  const { from, to } = environment.nodePorts;
  for (const [index, { nodePort }] of ports.entries()) {
    if (nodePort === undefined || (nodePort >= from && nodePort <= to)) continue;
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
