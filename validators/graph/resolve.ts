import { parse } from 'tldts';
import type { Service } from '../model/kubernetes.ts';
import type { Model, Typed } from '../model/model.ts';
import { perModel } from '../model/per-model.ts';
import type { Workload } from '../model/workload.ts';
import { nearest } from '../text/nearest.ts';
import { isIpAddress } from './host-names.ts';

/** What a host name leads to for a pod of a namespace. */
export type Resolution =
  | { readonly to: 'itself' }
  | { readonly to: 'outside'; readonly host: string }
  /** A namespace that the target does not hold: it cannot be judged here. */
  | { readonly to: 'elsewhere'; readonly namespace: string }
  | { readonly to: 'service'; readonly service: Typed<Service> }
  /** One pod of a StatefulSet, by its own name under a headless Service. */
  | {
      readonly to: 'pod';
      readonly service: Typed<Service>;
      readonly workload: Workload;
      readonly pod: string;
    }
  | { readonly to: 'nothing'; readonly reason: string; readonly meant: string | undefined };

/** True when a name ends in a public suffix, so that the world's DNS could hold it. */
function isPublic(host: string): boolean {
  const { isIcann, isPrivate, domain } = parse(host);
  return (isIcann === true || isPrivate === true) && domain !== null;
}

/**
 * Resolves a host name as the cluster's DNS would for a pod of `namespace`.
 * Source: kubernetes.io/docs/concepts/services-networking/dns-pod-service.
 */
export function resolveHost(model: Model, namespace: string, written: string): Resolution {
  const host = written.replace(/\.$/, '').toLowerCase();
  if (host === 'localhost' || /^(?:127\.|0\.0\.0\.0|::1?$|\[::1?\])/.test(host)) return { to: 'itself' };
  if (isIpAddress(host) || isApiServer(model, namespace, host) || hostsOfNodes.test(host)) {
    return { to: 'outside', host };
  }
  const { labels, inCluster } = clusterLabels(host);
  const [first = '', second, third] = labels;

  const direct = model.service(second !== undefined && labels.length === 2 ? second : namespace, first);
  if (direct !== undefined && labels.length <= 2) return viaService(direct);
  if (labels.length === 2 || labels.length === 3) {
    const service = model.service(third ?? namespace, second ?? '');
    if (service !== undefined) return viaPod(model, service, first);
  }
  if (labels.length === 1)
    return nothing(model, namespace, first, `there is no Service ${first} in namespace ${namespace}`);
  const last = labels.at(-1) ?? '';
  const name = labels.at(-2) ?? '';
  if (model.namespaces.has(last) || last === namespace) {
    const found = nothing(model, last, name, `there is no Service ${name} in namespace ${last}`);
    // A namespace that the target only adds to may have Services that it does not know.
    const whole = model.find('', 'Namespace', 'default', last) !== undefined || found.meant !== undefined;
    return whole ? found : { to: 'elsewhere', namespace: last };
  }
  // A namespace that is nearly one of the target's, where that one has the Service, was meant to be it.
  const near = labels.length <= 3 ? nearest(last, model.namespaces) : undefined;
  if (near !== undefined && model.service(near, name) !== undefined) {
    return {
      to: 'nothing',
      reason: `there is no namespace ${last}`,
      meant: [...labels.slice(0, -1), near, ...host.split('.').slice(labels.length)].join('.'),
    };
  }
  if (inCluster) return { to: 'elsewhere', namespace: last };
  const [, inNamespace = '', ...rest] = labels;
  if (rest.length > 0 && model.service(inNamespace, first) !== undefined) {
    const reason = `what comes after namespace ${inNamespace} is not svc.cluster.local`;
    return { to: 'nothing', reason, meant: `${first}.${inNamespace}.svc.cluster.local` };
  }
  // A workload that is told its own public name is told how others reach it.
  if (publicNames(model).has(host)) return { to: 'itself' };
  if (isPublic(host)) return { to: 'outside', host };
  const meantService = nearest(second ?? '', model.names('', 'Service', namespace));
  const underIt = meantService === undefined ? undefined : model.service(namespace, meantService);
  if (labels.length === 2 && underIt !== undefined && podUnder(model, underIt, first)) {
    return {
      to: 'nothing',
      reason: `there is no Service ${second} in namespace ${namespace}`,
      meant: `${first}.${meantService}`,
    };
  }
  return { to: 'elsewhere', namespace: last };
}

/** Names that a node or a laptop's cluster gives to its own host. */
const hostsOfNodes =
  /^(?:host\.(?:docker|minikube|k3d|lima|rancher-desktop|containers)\.internal|metadata\.google\.internal)$/;

/** True for the API server, which every cluster has as Service kubernetes in namespace default. */
function isApiServer(model: Model, namespace: string, host: string): boolean {
  if (model.service('default', 'kubernetes') !== undefined) return false;
  return (
    /^kubernetes\.default(?:\.svc(?:\.cluster\.local)?)?$/.test(host) ||
    (host === 'kubernetes' && namespace === 'default')
  );
}

/**
 * The labels of a name before `.svc` and the cluster's domain, and whether it ends in them. A cluster may have a domain of
 * its own; one that is nearly cluster.local is a mistake.
 */
function clusterLabels(host: string): { readonly labels: string[]; readonly inCluster: boolean } {
  const labels = host.split('.');
  const svc = labels.indexOf('svc', 1);
  if (svc < 2 || svc > 3) return { labels, inCluster: false };
  const domain = labels.slice(svc + 1).join('.');
  const whole =
    domain === '' || domain === 'cluster.local' || nearest(domain, ['cluster.local']) === undefined;
  return whole ? { labels: labels.slice(0, svc), inCluster: true } : { labels, inCluster: false };
}

/** The names under which the target itself is reached from outside. */
const publicNames = perModel((model): ReadonlySet<string> => {
  const names = new Set(
    model.ingresses.flatMap(({ typed }) => (typed.spec?.rules ?? []).flatMap(({ host }) => host ?? [])),
  );
  for (const [group, kind, field] of [
    ['gateway.networking.k8s.io', 'HTTPRoute', 'hostnames'],
    ['gateway.networking.k8s.io', 'GRPCRoute', 'hostnames'],
    ['gateway.networking.k8s.io', 'TLSRoute', 'hostnames'],
    ['networking.istio.io', 'VirtualService', 'hosts'],
    ['cert-manager.io', 'Certificate', 'dnsNames'],
  ] as const) {
    for (const object of model.all(group, kind)) {
      for (const name of (object.spec as Record<string, readonly string[]> | undefined)?.[field] ?? [])
        names.add(name);
    }
  }
  for (const object of model.all('traefik.io', 'IngressRoute')) {
    for (const [, name = ''] of JSON.stringify(object.spec ?? {}).matchAll(/Host\(`([^`]+)`\)/g))
      names.add(name);
  }
  return names;
});

/** True when a word is, or nearly is, the name of a pod under a headless Service. */
function podUnder(model: Model, service: Typed<Service>, word: string): boolean {
  const workload = model.statefulBehind(service);
  return workload !== undefined && nearest(word, [`${workload.name}-0`]) !== undefined;
}

function viaService(service: Typed<Service>): Resolution {
  const { type, externalName } = service.typed.spec ?? {};
  return type === 'ExternalName' ? { to: 'outside', host: externalName ?? '' } : { to: 'service', service };
}

function viaPod(model: Model, service: Typed<Service>, pod: string): Resolution {
  const workload = model.statefulBehind(service);
  // Pods with a hostname and a subdomain of their own, and those of an Indexed Job, have names under it too.
  const named = model.behind(service).some(({ pod: spec }) => spec.subdomain === service.name);
  if (workload === undefined && (named || model.behind(service).length === 0)) return viaService(service);
  if (workload === undefined) {
    const reason = `no StatefulSet has ${service.name} as its serviceName, so its pods have no names under it`;
    return { to: 'nothing', reason, meant: service.name };
  }
  const ordinal = /^(.*)-(\d+)$/.exec(pod);
  if (ordinal?.[1] !== workload.name) {
    const meant = nearest(pod, [`${workload.name}-0`]);
    const reason = `the pods under ${service.name} are named ${workload.name}-0 and so on, not ${pod}`;
    return { to: 'nothing', reason, meant: meant === undefined ? undefined : `${meant}.${service.name}` };
  }
  const start = (workload.object.spec as { ordinals?: { start?: number } } | undefined)?.ordinals?.start ?? 0;
  const index = Number(ordinal[2]) - start;
  if (index < 0 || index >= workload.replicas.max) {
    const reason = `StatefulSet ${workload.name} has ${workload.replicas.max} replicas, so there is no pod ${pod}`;
    return {
      to: 'nothing',
      reason,
      meant: `${workload.name}-${start + workload.replicas.max - 1}.${service.name}`,
    };
  }
  return { to: 'pod', service, workload, pod };
}

function nothing(
  model: Model,
  namespace: string,
  name: string,
  reason: string,
): Extract<Resolution, { to: 'nothing' }> {
  return { to: 'nothing', reason, meant: nearest(name, model.names('', 'Service', namespace)) };
}
