import { madeByOperators, makerOf } from '../operators/index.ts';
import { own } from '../own.ts';
import type { KubernetesObject } from '../render/objects.ts';
import { type Configuration, readConfigurations } from './configuration.ts';
import type {
  HorizontalPodAutoscaler,
  Ingress,
  NetworkPolicy,
  PersistentVolumeClaim,
  PodDisruptionBudget,
  Service,
  StatefulSet,
} from './kubernetes.ts';
import { type LabelSelector, type Labels, matchesSelector } from './selectors.ts';
import { shaped } from './shape.ts';
import { readWorkload, type Workload } from './workload.ts';

/** An object seen as its kind's typed model. */
export interface Typed<Kind> {
  readonly object: KubernetesObject;
  readonly typed: Kind;
  readonly namespace: string;
  readonly name: string;
}

/** One target's objects, by what they are to each other. */
export interface Model {
  readonly objects: readonly KubernetesObject[];
  readonly workloads: readonly Workload[];
  readonly services: readonly Typed<Service>[];
  readonly policies: readonly Typed<NetworkPolicy>[];
  readonly ingresses: readonly Typed<Ingress>[];
  readonly claims: readonly Typed<PersistentVolumeClaim>[];
  readonly scalers: readonly Typed<HorizontalPodAutoscaler>[];
  readonly budgets: readonly Typed<PodDisruptionBudget>[];
  readonly configurations: readonly Configuration[];
  /** Namespaces that the target makes or has objects in; `default` for pods, Services and policies that name none. */
  readonly namespaces: ReadonlySet<string>;

  /** Every object of a group and kind (`''` is the core group). */
  all(group: string, kind: string): readonly KubernetesObject[];
  find(group: string, kind: string, namespace: string, name: string): KubernetesObject | undefined;
  /** Names of a kind in a namespace, for suggestions. */
  names(group: string, kind: string, namespace: string): readonly string[];
  configuration(kind: 'ConfigMap' | 'Secret', namespace: string, name: string): Configuration | undefined;
  service(namespace: string, name: string): Typed<Service> | undefined;
  /** The Services of a namespace. */
  servicesIn(namespace: string): readonly Typed<Service>[];
  /** The Services that lead to a workload's pods. */
  servicesOf(workload: Workload): readonly Typed<Service>[];
  /** The workloads of a namespace. */
  workloadsIn(namespace: string): readonly Workload[];
  /** The workloads of a namespace whose pods carry a label by their template. */
  workloadsWith(namespace: string, key: string, value: string): readonly Workload[];
  /** The workloads of a namespace whose pods' templates a label selector matches. */
  selectedBy(namespace: string, selector: LabelSelector): readonly Workload[];
  /** The workloads whose pods a Service leads to. */
  behind(service: Typed<Service>): readonly Workload[];
  /** The StatefulSet workload whose pods have names under a headless Service. */
  statefulBehind(service: Typed<Service>): Workload | undefined;
}

/** The API group of an object; empty for the core group. */
export function groupOf(object: KubernetesObject): string {
  return object.apiVersion.includes('/') ? (object.apiVersion.split('/')[0] ?? '') : '';
}

/** The namespace that an object lives in when it is applied as it is. */
export function namespaceOf(object: KubernetesObject): string {
  return object.metadata.namespace ?? 'default';
}

/** Builds the model of one target's objects, and of what operators that are known make of them. */
export function buildModel(rendered: readonly KubernetesObject[]): Model {
  const written = rendered.map(shaped);
  const objects = [...written, ...madeByOperators(written)];
  const byKind = new Map<string, KubernetesObject[]>();
  const namesOf = new Map<string, string[]>();
  const byName = new Map<string, KubernetesObject>();
  for (const object of objects) {
    const kind = `${groupOf(object)}/${object.kind}`;
    const list = byKind.get(kind) ?? [];
    list.push(object);
    byKind.set(kind, list);
    const inNamespace = `${kind} ${namespaceOf(object)}`;
    byName.set(`${inNamespace} ${object.metadata.name}`, object);
    const names = namesOf.get(inNamespace);
    if (names === undefined) namesOf.set(inNamespace, [object.metadata.name]);
    else names.push(object.metadata.name);
  }
  const all = (group: string, kind: string) => byKind.get(`${group}/${kind}`) ?? [];
  const typed = <Kind>(group: string, kind: string): Typed<Kind>[] =>
    all(group, kind).map((object) => ({
      object,
      typed: object as unknown as Kind,
      namespace: namespaceOf(object),
      name: object.metadata.name,
    }));
  const scalers = typed<HorizontalPodAutoscaler>('autoscaling', 'HorizontalPodAutoscaler');
  const workloads = objects
    .map((object) =>
      readWorkload(
        object,
        scalers.map((scaler) => scaler.typed),
      ),
    )
    .filter((workload) => workload !== undefined);
  const byNamespace = Map.groupBy(workloads, ({ namespace }) => namespace);
  const byLabel = labelled(workloads);
  const workloadsWith = (namespace: string, key: string, value: string) =>
    byLabel.get(labelKey(namespace, key, value)) ?? [];
  const services = typed<Service>('', 'Service');
  const policies = typed<NetworkPolicy>('networking.k8s.io', 'NetworkPolicy');
  const serviceByName = new Map(services.map((service) => [`${service.namespace} ${service.name}`, service]));
  const configurations = objects.flatMap(readConfigurations);
  const configurationByName = new Map(
    configurations.map((configuration) => [
      `${configuration.kind} ${configuration.namespace} ${configuration.name}`,
      configuration,
    ]),
  );
  const behindCache = new Map<Typed<Service>, readonly Workload[]>();
  const behind = (service: Typed<Service>): readonly Workload[] => {
    let found = behindCache.get(service);
    if (found === undefined) {
      const { selector = {} } = service.typed.spec ?? {};
      // What a template must carry narrows the search; what a controller adds is in no template.
      const pair = Object.entries(selector).find(([key]) => !added.has(key));
      const likely =
        pair === undefined
          ? (byNamespace.get(service.namespace) ?? [])
          : workloadsWith(service.namespace, ...pair);
      found = likely.filter((workload) => selectsPods(selector, workload));
      behindCache.set(service, found);
    }
    return found;
  };
  const servicesByNamespace = Map.groupBy(services, ({ namespace }) => namespace);
  let servicesByWorkload: Map<Workload, Typed<Service>[]> | undefined;
  const servicesOf = (workload: Workload): readonly Typed<Service>[] => {
    if (servicesByWorkload === undefined) {
      servicesByWorkload = new Map(workloads.map((each) => [each, []]));
      for (const service of services)
        for (const each of behind(service)) servicesByWorkload.get(each)?.push(service);
    }
    return servicesByWorkload.get(workload) ?? [];
  };
  return {
    objects,
    workloads,
    services,
    policies,
    ingresses: typed<Ingress>('networking.k8s.io', 'Ingress'),
    claims: typed<PersistentVolumeClaim>('', 'PersistentVolumeClaim'),
    scalers,
    budgets: typed<PodDisruptionBudget>('policy', 'PodDisruptionBudget'),
    configurations,
    namespaces: new Set([
      ...all('', 'Namespace').map(({ metadata }) => metadata.name),
      ...objects.map(({ metadata }) => metadata.namespace).filter((namespace) => namespace !== undefined),
      // What says no namespace, and lives in one.
      ...[...workloads, ...services, ...policies].map(({ namespace }) => namespace),
    ]),
    all,
    find: (group, kind, namespace, name) => byName.get(`${group}/${kind} ${namespace} ${name}`),
    names: (group, kind, namespace) => namesOf.get(`${group}/${kind} ${namespace}`) ?? [],
    configuration: (kind, namespace, name) => configurationByName.get(`${kind} ${namespace} ${name}`),
    service: (namespace, name) => serviceByName.get(`${namespace} ${name}`),
    servicesIn: (namespace) => servicesByNamespace.get(namespace) ?? [],
    servicesOf,
    workloadsIn: (namespace) => byNamespace.get(namespace) ?? [],
    workloadsWith,
    selectedBy: (namespace, selector) => {
      const [pair] = Object.entries(selector.matchLabels ?? {});
      const likely =
        pair === undefined ? (byNamespace.get(namespace) ?? []) : workloadsWith(namespace, ...pair);
      return likely.filter(({ labels }) => matchesSelector(selector, labels));
    },
    behind,
    statefulBehind: (service) =>
      behind(service).find(
        ({ kind, object }) =>
          kind === 'StatefulSet' && (object as unknown as StatefulSet).spec?.serviceName === service.name,
      ),
  };
}

function labelKey(namespace: string, key: string, value: string): string {
  return `${namespace} ${key}=${value}`;
}

/** Workloads by each label of their pods' templates. */
function labelled(workloads: readonly Workload[]): Map<string, Workload[]> {
  const found = new Map<string, Workload[]>();
  for (const workload of workloads) {
    for (const [key, value] of Object.entries(workload.labels)) {
      const id = labelKey(workload.namespace, key, value);
      const list = found.get(id);
      if (list === undefined) found.set(id, [workload]);
      else list.push(workload);
    }
  }
  return found;
}

/** Labels that a pod gets from its controller. */
const added = new Set([
  'job-name',
  'batch.kubernetes.io/job-name',
  'apps.kubernetes.io/pod-index',
  'statefulset.kubernetes.io/pod-name',
]);

/** True when a plain selector finds pods of a workload: by its template's labels, and those that its controller adds. */
export function selectsPods(selector: Labels | undefined, workload: Workload): boolean {
  const pairs = Object.entries(selector ?? {});
  return (
    pairs.length > 0 &&
    pairs.every(([key, value]) => own(workload.labels, key) === value || isAdded(workload, key, value))
  );
}

/**
 * True for a label that a pod of the workload gets from its controller: the Job's name, or an ordinal; also one that it
 * reaches only once it is scaled, since Services for such pods are made before.
 */
export function isAdded({ kind, name, object }: Workload, key: string, value: string): boolean {
  if (kind === 'Job') return (key === 'job-name' || key === 'batch.kubernetes.io/job-name') && value === name;
  if (makerOf(object)?.podLabels[key]?.includes(value)) return true;
  const index = kind === 'StatefulSet' ? podIndex(name, key, value) : undefined;
  return index !== undefined && index >= ((object as unknown as StatefulSet).spec?.ordinals?.start ?? 0);
}

/** The ordinal that a label selects a pod of a StatefulSet by; undefined for another label, or another set's pod. */
export function podIndex(set: string, key: string, value: string): number | undefined {
  let index = '';
  if (key === 'apps.kubernetes.io/pod-index') index = value;
  else if (key === 'statefulset.kubernetes.io/pod-name' && value.startsWith(`${set}-`))
    index = value.slice(set.length + 1);
  return /^\d+$/.test(index) ? Number(index) : undefined;
}
