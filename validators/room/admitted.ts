import type { ContainerSpec, PodSpec } from '../model/kubernetes.ts';
import { type Model, namespaceOf } from '../model/model.ts';
import type { KubernetesObject } from '../render/objects.ts';
import { readQuantity } from './quantity.ts';

/** Amounts by the resource's name, as numbers of cores, bytes or pieces. */
export type Amounts = ReadonlyMap<string, number>;

/** What a container asks for and may use once admission has let it in. */
export interface Admitted {
  readonly requests: Amounts;
  readonly limits: Amounts;
}

type Written = Readonly<Record<string, unknown>>;

/** One entry of a LimitRange, as the API server keeps it. */
export interface Limit {
  readonly object: KubernetesObject;
  /** Where it stands, as `spec.limits[0]`. */
  readonly path: string;
  readonly type: string;
  readonly min: Amounts;
  readonly max: Amounts;
  readonly ratio: Amounts;
  /** Of the type Container: what one gets that names nothing. */
  readonly limits: Amounts;
  readonly requests: Amounts;
}

function read(written: Written | undefined): Map<string, number> {
  const amounts = new Map<string, number>();
  for (const [name, amount] of Object.entries(written ?? {})) {
    const value = readQuantity(amount);
    if (value !== undefined) amounts.set(name, value);
  }
  return amounts;
}

const none: readonly Limit[] = [];
const limitsOf = new WeakMap<Model, Map<string, Limit[]>>();

/**
 * The entries of a namespace's LimitRanges, with the defaults that the API server gives them: a maximum is the limit of
 * who names none, and a limit the request.
 * Source: kubernetes, `SetDefaults_LimitRangeItem` in `pkg/apis/core/v1/defaults.go`.
 */
export function limitRanges(model: Model, namespace: string): readonly Limit[] {
  let found = limitsOf.get(model);
  if (found === undefined) {
    const all = model.all('', 'LimitRange').flatMap((object) => {
      const { limits = [] } = (object.spec ?? {}) as { readonly limits?: readonly Record<string, unknown>[] };
      return limits.map((limit, index): Limit => {
        const map = (name: string) => read(limit[name] as Written | undefined);
        const container = limit.type === 'Container';
        const given = container ? new Map([...map('max'), ...map('default')]) : new Map<string, number>();
        const requests = container
          ? new Map([...map('min'), ...given, ...map('defaultRequest')])
          : new Map<string, number>();
        const path = `spec.limits[${index}]`;
        const [min, max, ratio] = [map('min'), map('max'), map('maxLimitRequestRatio')];
        return { object, path, type: String(limit.type), min, max, ratio, limits: given, requests };
      });
    });
    found = Map.groupBy(all, ({ object }) => namespaceOf(object));
    limitsOf.set(model, found);
  }
  return found.get(namespace) ?? none;
}

/**
 * A container's amounts after admission: a limit is the request of who makes none, and then come the defaults of the
 * namespace's LimitRanges.
 * Source: kubernetes, `pkg/apis/core/v1/defaults.go`, `plugin/pkg/admission/limitranger/admission.go`.
 */
export function admitted(spec: ContainerSpec, ranges: readonly Limit[]): Admitted {
  let known = ofContainers.get(spec);
  if (known === undefined || known.ranges !== ranges) {
    known = { ranges, ...admit(spec, ranges) };
    ofContainers.set(spec, known);
  }
  return known;
}

const ofContainers = new WeakMap<ContainerSpec, Admitted & { readonly ranges: readonly Limit[] }>();

function admit({ resources }: ContainerSpec, ranges: readonly Limit[]): Admitted {
  const limits = read(resources?.limits as Written | undefined);
  const requests = new Map([...limits, ...read(resources?.requests as Written | undefined)]);
  for (const range of ranges) {
    for (const [name, amount] of range.limits) if (!limits.has(name)) limits.set(name, amount);
    for (const [name, amount] of range.requests) if (!requests.has(name)) requests.set(name, amount);
  }
  return { requests, limits };
}

const sums = new WeakMap<
  PodSpec,
  { readonly ranges: readonly Limit[]; readonly requests: Amounts; readonly limits: Amounts }
>();

/** What a pod has of its containers' amounts, worked out once for each pod. */
export function ofPod(pod: PodSpec, which: keyof Admitted, ranges: readonly Limit[]): Amounts {
  let known = sums.get(pod);
  if (known === undefined || known.ranges !== ranges) {
    known = { ranges, requests: addUp(pod, 'requests', ranges), limits: addUp(pod, 'limits', ranges) };
    sums.set(pod, known);
  }
  return known[which];
}

/**
 * What a pod has of its containers' amounts: the running ones together, or its largest init container beside the
 * sidecars that were started before; nothing for what none of them names.
 */
function addUp(pod: PodSpec, which: keyof Admitted, ranges: readonly Limit[]): Amounts {
  const sum = new Map<string, number>();
  const peak = new Map<string, number>();
  const add = (to: Map<string, number>, amounts: Amounts) => {
    for (const [name, amount] of amounts) to.set(name, (to.get(name) ?? 0) + amount);
  };
  for (const container of pod.initContainers ?? []) {
    const amounts = admitted(container, ranges)[which];
    if (container.restartPolicy === 'Always') {
      add(sum, amounts);
      continue;
    }
    for (const [name, amount] of amounts)
      peak.set(name, Math.max(peak.get(name) ?? 0, amount + (sum.get(name) ?? 0)));
  }
  for (const container of pod.containers) add(sum, admitted(container, ranges)[which]);
  for (const [name, amount] of peak) sum.set(name, Math.max(sum.get(name) ?? 0, amount));
  const overhead = read((pod.overhead ?? {}) as Written);
  for (const [name, amount] of overhead)
    if (sum.has(name) || which === 'requests') add(sum, new Map([[name, amount]]));
  return sum;
}
