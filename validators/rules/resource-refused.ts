import { isPlaceholder, refused } from '../api-server/refused.ts';
import {
  anyResource,
  containerResource,
  isWhole,
  mayBeShared,
  podResource,
  quotaResource,
} from '../api-server/resources.ts';
import type { Shape } from '../api-server/shapes.ts';
import { joinPath, type Workload } from '../model/workload.ts';
import { own } from '../own.ts';
import type { KubernetesObject } from '../render/objects.ts';
import { readQuantity } from '../room/quantity.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Problem, Rule } from './rule.ts';

type Amounts = Readonly<Record<string, unknown>>;

/** What is wrong with one amount; undefined for one that is right. */
function wrongAmount(name: string, amount: unknown): string | undefined {
  const value = readQuantity(amount);
  if (value === undefined)
    return isPlaceholder(String(amount)) ? undefined : 'is no quantity (as 500m, 2, 512Mi)';
  if (value < 0) return 'is below 0';
  return isWhole(name) && !Number.isInteger(value) ? 'is no whole number' : undefined;
}

/** The names and amounts of one map that cannot be. */
function* inMap(
  object: KubernetesObject,
  path: string,
  amounts: Amounts = {},
  shape?: Shape,
  wrongOf = wrongAmount,
): Iterable<Problem> {
  for (const [name, amount] of Object.entries(amounts)) {
    const at = `${path}["${name}"]`;
    const unknown = shape?.(name);
    if (unknown !== undefined) yield refused(object, at, `${name} ${unknown}`);
    const wrong = wrongOf(name, amount);
    if (wrong !== undefined) yield refused(object, at, `${name}: ${String(amount)} ${wrong}`);
  }
}

interface Requirements {
  readonly requests?: Amounts | undefined;
  readonly limits?: Amounts | undefined;
}

function* inRequirements(
  object: KubernetesObject,
  path: string,
  { requests = {}, limits = {} }: Requirements,
  shape: Shape,
): Iterable<Problem> {
  yield* inMap(object, `${path}.requests`, requests, shape);
  yield* inMap(object, `${path}.limits`, limits, shape);
  for (const [name, amount] of Object.entries(requests)) {
    if (mayBeShared(name) || shape(name) !== undefined) continue;
    const at = `${path}.requests["${name}"]`;
    const [asked, most] = [readQuantity(amount), readQuantity(own(limits, name))];
    if (own(limits, name) === undefined)
      yield refused(object, at, `${name} cannot be shared, and is requested without a limit of ${amount}`);
    // More than the limit is said by requests-above-limits.
    else if (asked !== undefined && most !== undefined && asked < most)
      yield refused(
        object,
        at,
        `${name} cannot be shared: its request, ${amount}, must be its limit, ${limits[name]}`,
      );
  }
}

function* inPod({ object, pod, templatePath, containers }: Workload): Iterable<Problem> {
  for (const { spec, path } of containers)
    yield* inRequirements(object, `${path}.resources`, spec.resources ?? {}, containerResource);
  const ofPod = (pod as { readonly resources?: Requirements }).resources;
  const spec = joinPath(templatePath, 'spec');
  if (ofPod !== undefined) yield* inRequirements(object, `${spec}.resources`, ofPod, podResource);
  for (const [index, { emptyDir }] of (pod.volumes ?? []).entries()) {
    if (emptyDir?.sizeLimit === undefined) continue;
    const wrong = wrongAmount('memory', emptyDir.sizeLimit);
    const at = `${spec}.volumes[${index}].emptyDir.sizeLimit`;
    if (wrong !== undefined) yield refused(object, at, `sizeLimit: ${emptyDir.sizeLimit} ${wrong}`);
  }
}

interface ClaimSpec {
  readonly resources?: Requirements;
}

function* inClaim(object: KubernetesObject, path: string, { resources = {} }: ClaimSpec): Iterable<Problem> {
  const amount = resources.requests?.storage;
  if (amount === undefined) {
    yield refused(object, path, 'the claim does not say how much: resources.requests.storage is not there');
    return;
  }
  const at = `${path}.resources.requests["storage"]`;
  const value = readQuantity(amount);
  if ((value === undefined && !isPlaceholder(String(amount))) || (value ?? 1) <= 0)
    yield refused(
      object,
      at,
      `storage: ${String(amount)} is ${value === undefined ? 'no quantity' : 'nothing'}`,
    );
}

interface Limit {
  readonly type?: string;
  readonly min?: Amounts;
  readonly max?: Amounts;
  readonly default?: Amounts;
  readonly defaultRequest?: Amounts;
  readonly maxLimitRequestRatio?: Amounts;
}

const limitTypes = ['Pod', 'Container', 'PersistentVolumeClaim'];

/** Maps of a LimitRange, each with those that it may not be above. */
const order = [
  ['min', ['defaultRequest', 'default', 'max']],
  ['defaultRequest', ['default', 'max']],
  ['default', ['max']],
] as const;

function* inLimitRange(object: KubernetesObject): Iterable<Problem> {
  const { limits = [] } = (object.spec ?? {}) as { readonly limits?: readonly Limit[] };
  const types = new Set<string>();
  for (const [index, limit] of limits.entries()) {
    const path = `spec.limits[${index}]`;
    const { type = '' } = limit;
    // Others may have types of their own, with a prefix.
    if (!limitTypes.includes(type) && !type.includes('/'))
      yield refused(
        object,
        `${path}.type`,
        `there is no type ${type} of limits${didYouMean(type, limitTypes)}`,
      );
    if (types.has(type)) yield refused(object, `${path}.type`, `limits of type ${type} are there twice`);
    types.add(type);
    const shape = limit.type === 'Pod' || limit.type === 'Container' ? containerResource : anyResource;
    for (const map of ['min', 'max', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const) {
      // The API server looks at the names and the order here, and at no sign.
      yield* inMap(object, `${path}.${map}`, limit[map], shape, (_name, amount) =>
        readQuantity(amount) === undefined ? wrongAmount('', amount) : undefined,
      );
      if (limit.type === 'Pod' && map.startsWith('default') && Object.keys(limit[map] ?? {}).length > 0)
        yield refused(object, `${path}.${map}`, 'limits of whole pods have no defaults');
    }
    for (const [lower, uppers] of order) {
      for (const [name, amount] of Object.entries(limit[lower] ?? {})) {
        const value = readQuantity(amount);
        const above = uppers.find((upper) => {
          const most = readQuantity(own(limit[upper], name));
          return value !== undefined && most !== undefined && value > most;
        });
        if (above === undefined) continue;
        const at = `${path}.${lower}["${name}"]`;
        yield refused(
          object,
          at,
          `${lower} of ${name}, ${amount}, is above ${above}, ${own(limit[above], name)}`,
        );
      }
    }
  }
}

/** An amount of something that is no resource, or that cannot be. */
export const resourceRefused: Rule = {
  id: 'resource-refused',
  severity: 'error',
  family: 'api server',
  title: 'a request, limit or quota names no resource, or an amount that cannot be',
  *check({ model }) {
    for (const workload of model.workloads) yield* inPod(workload);
    for (const { object, typed } of model.claims)
      yield* inClaim(object, 'spec', (typed.spec ?? {}) as ClaimSpec);
    for (const object of model.all('apps', 'StatefulSet')) {
      const { volumeClaimTemplates = [] } = (object.spec ?? {}) as {
        readonly volumeClaimTemplates?: readonly { readonly spec?: ClaimSpec }[];
      };
      for (const [index, { spec = {} }] of volumeClaimTemplates.entries())
        yield* inClaim(object, `spec.volumeClaimTemplates[${index}].spec`, spec);
    }
    for (const object of model.all('', 'ResourceQuota'))
      yield* inMap(object, 'spec.hard', (object.spec as { hard?: Amounts } | undefined)?.hard, quotaResource);
    for (const object of model.all('', 'LimitRange')) yield* inLimitRange(object);
  },
};
