import type { Environment } from '../environment/environment.ts';
import type { Service } from '../model/kubernetes.ts';
import { groupOf, type Model, namespaceOf } from '../model/model.ts';
import { matchesExpression } from '../model/selectors.ts';
import type { Workload } from '../model/workload.ts';
import type { KubernetesObject } from '../render/objects.ts';
import { type Limit, limitRanges, ofPod } from './admitted.ts';
import type { MadeClaim } from './claims.ts';
import { readQuantity } from './quantity.ts';

interface Scope {
  readonly scopeName: string;
  readonly operator?: string;
  readonly values?: readonly string[];
}

/** A ResourceQuota, as far as it can be judged. */
export interface Quota {
  readonly object: KubernetesObject;
  readonly namespace: string;
  /** Most of each resource, by its name. */
  readonly hard: ReadonlyMap<string, number>;
  readonly scopes: readonly Scope[];
}

/** Reads a ResourceQuota. */
export function readQuota(object: KubernetesObject): Quota {
  const spec = (object.spec ?? {}) as {
    readonly hard?: Readonly<Record<string, unknown>>;
    readonly scopes?: readonly string[];
    readonly scopeSelector?: { readonly matchExpressions?: readonly Scope[] };
  };
  const hard = Object.entries(spec.hard ?? {}).flatMap(([name, amount]): [string, number][] => {
    const value = readQuantity(amount);
    return value === undefined ? [] : [[name, value]];
  });
  const scopes = [
    ...(spec.scopes ?? []).map((scopeName) => ({ scopeName })),
    ...(spec.scopeSelector?.matchExpressions ?? []),
  ];
  return { object, namespace: namespaceOf(object), hard: new Map(hard), scopes };
}

function isBestEffort({ containers }: Workload): boolean {
  const amounts = containers.flatMap(({ spec }) => [
    spec.resources?.requests ?? {},
    spec.resources?.limits ?? {},
  ]);
  return amounts.every((map) => !('cpu' in map) && !('memory' in map));
}

/**
 * True for a quota that counts a workload's pods, by its scopes.
 * Source: kubernetes, `podMatchesScopeFunc` in `pkg/quota/v1/evaluator/core/pods.go`.
 */
export function countsPods({ scopes, namespace }: Quota, workload: Workload, model: Model): boolean {
  return scopes.every(({ scopeName, operator = 'Exists', values = [] }) => {
    const { activeDeadlineSeconds, priorityClassName } = workload.pod;
    switch (scopeName) {
      case 'Terminating':
        return activeDeadlineSeconds !== undefined;
      case 'NotTerminating':
        return activeDeadlineSeconds === undefined;
      case 'BestEffort':
        return isBestEffort(workload) && limitRanges(model, namespace).length === 0;
      case 'NotBestEffort':
        return !isBestEffort(workload);
      case 'PriorityClass': {
        const labels: Record<string, string> = priorityClassName ? { class: priorityClassName } : {};
        return matchesExpression({ key: 'class', operator, values }, labels);
      }
      default:
        return false;
    }
  });
}

/** How much of a resource of a quota one pod counts for; undefined for a resource that pods do not use. */
export function podUse(
  resource: string,
): ((workload: Workload, ranges: readonly Limit[]) => number) | undefined {
  if (resource === 'pods' || resource === 'count/pods') return () => 1;
  if (resource.startsWith('count/') || resource.includes('.storageclass.')) return undefined;
  const [, which = 'requests', name] =
    /^(?:(requests|limits)\.)?((?:cpu|memory|ephemeral-storage|hugepages-.+|.+\/.+))$/.exec(resource) ?? [];
  if (name === undefined) return undefined;
  return ({ pod }, ranges) => ofPod(pod, which as 'requests' | 'limits', ranges).get(name) ?? 0;
}

/** What a claim counts for a resource of a quota; undefined for a resource that claims do not use. */
export function claimUse(
  { spec }: MadeClaim,
  resource: string,
  environment: Environment | undefined,
): number | undefined {
  const storage = readQuantity(spec.resources?.requests?.storage) ?? 0;
  if (resource === 'requests.storage') return storage;
  if (resource === 'persistentvolumeclaims' || resource === 'count/persistentvolumeclaims') return 1;
  const [, wanted, what] = /^(.+)\.storageclass\.storage\.k8s\.io\/(.+)$/.exec(resource) ?? [];
  if (wanted === undefined) return undefined;
  const given = environment?.storageClasses.find((offered) => offered.default)?.name;
  if ((spec.storageClassName ?? given) !== wanted) return 0;
  return what === 'requests.storage' ? storage : 1;
}

function plural(kind: string): string {
  const word = kind.toLowerCase();
  if (word === 'endpoints') return word;
  if (/(?:s|x|ch|sh)$/.test(word)) return `${word}es`;
  return /[^aeiou]y$/.test(word) ? `${word.slice(0, -1)}ies` : `${word}s`;
}

function nodePorts({ spec }: Service): number {
  const ports = spec?.ports ?? [];
  if (spec?.type === 'NodePort') return ports.length;
  if (spec?.type !== 'LoadBalancer') return 0;
  const own = spec.allocateLoadBalancerNodePorts === false;
  return own ? ports.filter(({ nodePort }) => nodePort).length : ports.length;
}

/** How many objects of a namespace a resource of a quota counts; undefined for what counts none, or is not known. */
export function objectUse(model: Model, namespace: string, resource: string): number | undefined {
  const services = () => model.services.filter((service) => service.namespace === namespace);
  const made = (kind: 'ConfigMap' | 'Secret') =>
    new Set(
      model.configurations
        .filter((configuration) => configuration.kind === kind && configuration.namespace === namespace)
        .map(({ name }) => name),
    ).size;
  switch (resource.replace(/^count\//, '')) {
    case 'services':
      return services().length;
    case 'services.loadbalancers':
      return services().filter(({ typed }) => typed.spec?.type === 'LoadBalancer').length;
    case 'services.nodeports':
      return services().reduce((sum, { typed }) => sum + nodePorts(typed), 0);
    case 'configmaps':
      // The cluster puts its certificate into every namespace, as kube-root-ca.crt.
      return made('ConfigMap') + 1;
    case 'secrets':
      return made('Secret');
    case 'pods':
    case 'persistentvolumeclaims':
      return undefined;
  }
  const named =
    resource.startsWith('count/') || resource === 'replicationcontrollers' || resource === 'resourcequotas';
  if (!named) return undefined;
  const wanted = resource.replace(/^count\//, '');
  return model.objects.filter((object) => {
    const group = groupOf(object);
    return (
      namespaceOf(object) === namespace &&
      `${plural(object.kind)}${group === '' ? '' : `.${group}`}` === wanted
    );
  }).length;
}
