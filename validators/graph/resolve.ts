import { parse } from 'tldts';
import type { Service } from '../model/kubernetes.ts';
import type { Model, Typed } from '../model/model.ts';
import type { Workload } from '../model/workload.ts';
import { nearest } from '../text/nearest.ts';
import { isIpAddress } from './addresses.ts';

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
  if (isIpAddress(host)) return { to: 'outside', host };
  const inCluster = /\.svc(?:\.cluster\.local)?$/.test(host);
  const labels = host.replace(/\.svc(?:\.cluster\.local)?$/, '').split('.');
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
  if (inCluster || model.namespaces.has(last)) {
    if (!model.namespaces.has(last)) {
      const meant = nearest(last, model.namespaces);
      if (
        meant !== undefined &&
        labels.length <= 3 &&
        model.service(meant, labels.at(-2) ?? '') !== undefined
      ) {
        return {
          to: 'nothing',
          reason: `there is no namespace ${last}`,
          meant: written.replace(last, meant),
        };
      }
      return { to: 'elsewhere', namespace: last };
    }
    const name = labels.at(-2) ?? '';
    return nothing(model, last, name, `there is no Service ${name} in namespace ${last}`);
  }
  // A workload that is told its own public name is told how others reach it.
  const own = model.ingresses.some(({ typed }) =>
    (typed.spec?.rules ?? []).some((rule) => rule.host === host),
  );
  if (own) return { to: 'itself' };
  if (isPublic(host)) return { to: 'outside', host };
  const meantService = nearest(second ?? '', model.names('', 'Service', namespace));
  if (
    labels.length === 2 &&
    meantService !== undefined &&
    model.service(namespace, meantService) !== undefined
  ) {
    return {
      to: 'nothing',
      reason: `there is no Service ${second} in namespace ${namespace}`,
      meant: `${first}.${meantService}`,
    };
  }
  return { to: 'elsewhere', namespace: last };
}

function viaService(service: Typed<Service>): Resolution {
  const { type, externalName } = service.typed.spec ?? {};
  return type === 'ExternalName' ? { to: 'outside', host: externalName ?? '' } : { to: 'service', service };
}

function viaPod(model: Model, service: Typed<Service>, pod: string): Resolution {
  const workload = model.statefulBehind(service);
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

function nothing(model: Model, namespace: string, name: string, reason: string): Resolution {
  return { to: 'nothing', reason, meant: nearest(name, model.names('', 'Service', namespace)) };
}
