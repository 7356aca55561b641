import type { KubernetesObject } from '@plumbline/validators';
import { type Data, end, skip, typo } from './mutant.ts';

/** Chooses objects by their kind. */
export const kind =
  (...kinds: string[]) =>
  (object: KubernetesObject) =>
    kinds.includes(object.kind);
/** Whatever runs pods. */
export const workload = kind('Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob');
/** What is meant to run for ever. */
export const server = kind('Deployment', 'StatefulSet', 'DaemonSet');
/** A typing mistake in a value. */
export const mistyped = (value: unknown) => typo(String(value));
/** Any object may be named: the defect is between several. */
export const anyEnd = (objects: readonly KubernetesObject[]) => () => objects.map(end);

/** Users of an object by its name: whoever has the name in its text. */
export function users(objects: readonly KubernetesObject[], name: string): string[] {
  return objects.filter((object) => JSON.stringify(object).includes(`"${name}"`)).map(end);
}

/** An address in a text with its host mistyped, or its port moved; skip where there is none of a Service. */
export function brokenAddress(objects: readonly KubernetesObject[], part: 'host' | 'port') {
  const services = objects.filter(({ kind }) => kind === 'Service').map(({ metadata }) => metadata.name);
  return (value: unknown): unknown => {
    if (typeof value !== 'string') return skip;
    for (const name of services.sort((a, b) => b.length - a.length)) {
      const found = new RegExp(`(^|[^\\w.-])(${name})((?:\\.[a-z0-9-]+)*)([: ])(\\d{2,5})(?!\\d)`).exec(
        value,
      );
      if (found === null) continue;
      const [whole, before = '', host = '', rest = '', separator = ':', port = ''] = found;
      const wrong =
        part === 'host'
          ? `${before}${typo(host)}${rest}${separator}${port}`
          : `${before}${host}${rest}${separator}${Number(port) + 1}`;
      return value.replace(whole, wrong);
    }
    return skip;
  };
}

/** A policy that an object may be without: it says so itself, by an allowance. */
export function isOptional(object: KubernetesObject): boolean {
  return Object.keys(object.metadata.annotations ?? {}).some((key) => key.startsWith('allow.plumbline.dev/'));
}

/** Policies that have to be there. */
export const policy = (object: KubernetesObject) => object.kind === 'NetworkPolicy' && !isOptional(object);

/** True when a Service, a probe, a policy or a monitor refers to a port by this name. */
export function referred(objects: readonly KubernetesObject[], name: string): boolean {
  return new RegExp(`"(?:targetPort|port)":"${name}"`).test(JSON.stringify(objects));
}

/** Names of the headless Services that a StatefulSet needs, and of those that are not headless. */
export function needed(objects: readonly KubernetesObject[]): Set<string> {
  return new Set(objects.filter(kind('StatefulSet')).map(({ spec }) => String((spec as Data).serviceName)));
}
