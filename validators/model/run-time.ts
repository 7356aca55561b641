import { isKnownToOperators } from '../operators/index.ts';
import type { KubernetesObject } from '../render/objects.ts';
import { groupOf, type Model, namespaceOf } from './model.ts';
import { perModel } from './per-model.ts';
import type { Labels } from './selectors.ts';
import type { Workload } from './workload.ts';

/** ConfigMaps that the cluster itself, or a mesh, puts into every namespace. */
const everywhere = new Set(['kube-root-ca.crt', 'openshift-service-ca.crt', 'istio-ca-root-cert']);

/** Groups of custom resources whose controllers make no pods, Services or Secrets that others would name. */
const makesNothing = new RegExp(
  `(?:^|\\.)(?:${[
    'k8s\\.io',
    'keda\\.sh',
    'argoproj\\.io',
    'istio\\.io',
    'traefik\\.io',
    'cilium\\.io',
    'kyverno\\.io',
    'cert-manager\\.io',
    'external-secrets\\.io',
    'openshift\\.io',
    'plumbline\\.dev',
  ].join('|')})$`,
);
const monitoringServers = new Set(['Prometheus', 'PrometheusAgent', 'Alertmanager', 'ThanosRuler']);

/** The objects of groups with a dot in their name, found once: many ask for them. */
interface Grouped {
  readonly byNamespace: ReadonlyMap<string, readonly KubernetesObject[]>;
  /** Custom resources that an operator turns into workloads of its own. */
  readonly operated: readonly KubernetesObject[];
}

const grouped = perModel((model): Grouped => {
  // A definition of a custom resource is long, and carries no pods.
  const objects = model.objects.filter(
    (object) => groupOf(object).includes('.') && object.kind !== 'CustomResourceDefinition',
  );
  const operated = objects.filter((object) => {
    const group = groupOf(object);
    if (makesNothing.test(group) || isKnownToOperators(object)) return false;
    return group !== 'monitoring.coreos.com' || monitoringServers.has(object.kind);
  });
  return { byNamespace: Map.groupBy(objects, namespaceOf), operated };
});

/** Custom resources that an operator turns into workloads of a namespace. */
function operated(model: Model, namespace: string): KubernetesObject[] {
  return grouped(model).operated.filter(
    (object) => object.metadata.namespace === undefined || namespaceOf(object) === namespace,
  );
}

/** True when a value, or anything in it, passes a test. */
function holds(value: unknown, test: (value: unknown) => boolean): boolean {
  if (test(value)) return true;
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some((item) => holds(item, test));
}

/**
 * True for the name of a Secret, Service, ... that an operator makes out of a custom resource of the namespace: its name
 * begins with the resource's, or the resource names it.
 */
export function operatorMakes(model: Model, namespace: string, name: string): boolean {
  return operated(model, namespace).some(
    ({ metadata, spec }) =>
      name === metadata.name ||
      name.startsWith(`${metadata.name}-`) ||
      holds(spec, (value) => value === name),
  );
}

/**
 * True for pods that an operator makes out of a custom resource of the namespace: the resource holds their labels, or
 * its name is one of them.
 */
export function operatorRuns(model: Model, namespace: string, selector: Labels): boolean {
  const pairs = Object.entries(selector);
  // What selects pods (`matchLabels`) carries the same words, and runs none.
  const carried = (value: unknown) => {
    const labels =
      typeof value === 'object' && value !== null && 'labels' in value ? value.labels : undefined;
    return (
      typeof labels === 'object' &&
      labels !== null &&
      pairs.every(([key, wanted]) => (labels as Labels)[key] === wanted)
    );
  };
  // Rollouts and their likes carry a whole pod template, whatever their group.
  const template = (grouped(model).byNamespace.get(namespace) ?? []).some(({ spec }) => holds(spec, carried));
  return (
    template ||
    operated(model, namespace).some(({ metadata }) => pairs.some(([, value]) => value === metadata.name))
  );
}

interface PolicyRule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs?: readonly string[];
}

/** The rules of the target's roles that are about a resource of the core group, in a namespace. */
function rightsOn(model: Model, namespace: string, resource: string): PolicyRule[] {
  const group = 'rbac.authorization.k8s.io';
  const roles = [
    ...model.all(group, 'Role').filter((role) => namespaceOf(role) === namespace),
    ...model.all(group, 'ClusterRole'),
  ];
  return roles
    .flatMap((role) => (role.rules ?? []) as readonly PolicyRule[])
    .filter(
      ({ apiGroups = [], resources = [] }) =>
        apiGroups.some((name) => name === '' || name === '*') &&
        resources.some((name) => name === resource || name === '*'),
    );
}

/** True where something of the target may put labels on a namespace's pods once they run: a leader marks itself so. */
export function mayLabelPods(model: Model, namespace: string): boolean {
  return rightsOn(model, namespace, 'pods').some(({ verbs = [] }) =>
    verbs.some((verb) => verb === 'patch' || verb === 'update' || verb === '*'),
  );
}

/** True where something of the target may give Services endpoints once it runs, as Patroni does for its leader. */
export function mayFillEndpoints(model: Model, namespace: string): boolean {
  return ['endpoints', 'endpointslices'].some((resource) =>
    rightsOn(model, namespace, resource).some(({ verbs = [] }) =>
      verbs.some((verb) => verb === 'create' || verb === 'patch' || verb === 'update' || verb === '*'),
    ),
  );
}

/** True when a workload's command line or environment has the name as a word of its own. */
function mentions({ containers }: Workload, name: string): boolean {
  return containers.some(({ spec }) =>
    [...(spec.command ?? []), ...(spec.args ?? []), ...(spec.env ?? []).map(({ value }) => value ?? '')].some(
      (text) => text.split(/[^\w.-]+/).includes(name),
    ),
  );
}

/** Whether something makes a ConfigMap or Secret once the target runs: `surely`, `maybe`, or `no` sign of it. */
export function madeAtRunTime(
  model: Model,
  kind: 'ConfigMap' | 'Secret',
  namespace: string,
  name: string,
): 'surely' | 'maybe' | 'no' {
  if (kind === 'ConfigMap' && everywhere.has(name)) return 'surely';
  if (operatorMakes(model, namespace, name)) return 'surely';
  if (kind === 'Secret' && certified(model, namespace, name)) return 'surely';
  const rights = rightsOn(model, namespace, kind === 'Secret' ? 'secrets' : 'configmaps');
  const writes = rights.some(({ verbs = [] }) => verbs.some((verb) => verb === 'create' || verb === '*'));
  if (!writes) return 'no';
  const named = rights.some(({ resourceNames = [] }) => resourceNames.includes(name));
  const told = model.workloads.some(
    (workload) => workload.namespace === namespace && mentions(workload, name),
  );
  return named || told ? 'surely' : 'maybe';
}

/** True for a Secret that a controller makes because an annotation asks for it. */
function certified(model: Model, namespace: string, name: string): boolean {
  const byService = model.services.some(
    (service) =>
      service.namespace === namespace &&
      Object.entries(service.object.metadata.annotations ?? {}).some(
        ([key, value]) => key.endsWith('openshift.io/serving-cert-secret-name') && value === name,
      ),
  );
  const byIngress = model.ingresses.some(
    (ingress) =>
      ingress.namespace === namespace &&
      hasCertificateShim(ingress.object) &&
      (ingress.typed.spec?.tls ?? []).some(({ secretName }) => secretName === name),
  );
  return byService || byIngress;
}

/** True for an Ingress or Gateway whose annotations make cert-manager, or its likes, issue the certificates that it names. */
export function hasCertificateShim({ metadata }: KubernetesObject): boolean {
  return Object.keys(metadata.annotations ?? {}).some(
    (key) =>
      /^(?:cert-manager\.io\/(?:cluster-)?issuer|kubernetes\.io\/tls-acme)$/.test(key) ||
      key.startsWith('acme.cert-manager.io/') ||
      key.startsWith('certmanager.k8s.io/'),
  );
}
