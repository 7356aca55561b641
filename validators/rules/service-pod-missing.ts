import type { Service, StatefulSet } from '../model/kubernetes.ts';
import { type Model, podIndex, type Typed } from '../model/model.ts';
import { scaled, scalersOf } from '../model/scaler.ts';
import type { Workload } from '../model/workload.ts';
import type { Problem, Rule } from './rule.ts';

/** A Service that selects one pod of a StatefulSet. */
interface OfPod {
  readonly service: Typed<Service>;
  readonly set: Workload;
  readonly key: string;
  readonly index: number;
  /** What it selects beside the pod. */
  readonly rest: string;
  /** The ordinal of the first pod, and how many there may be. */
  readonly first: number;
  readonly count: number;
}

function ofPods(model: Model): OfPod[] {
  const scalers = scalersOf(model);
  return model.services.flatMap((service) => {
    const pairs = Object.entries(service.typed.spec?.selector ?? {});
    for (const [key, value] of pairs) {
      if (!/\/pod-(?:index|name)$/.test(key)) continue;
      for (const set of model.behind(service)) {
        const index = podIndex(set.name, key, value);
        if (index === undefined || set.kind !== 'StatefulSet') continue;
        const rest = JSON.stringify(pairs.filter(([other]) => other !== key).sort());
        const scaler = scalers.find((candidate) => scaled(model, candidate) === set);
        const count = scaler === undefined ? set.replicas.max : (scaler.max ?? set.replicas.max);
        const first = (set.object as unknown as StatefulSet).spec?.ordinals?.start ?? 0;
        // What is stopped will have its pods again.
        return count === 0 ? [] : [{ service, set, key, index, rest, first, count }];
      }
    }
    return [];
  });
}

const lastNumber = /\d+(?!.*\d)/;

function pathOf({ key }: OfPod): string {
  return `spec.selector["${key}"]`;
}

/** The last number in a Service's name. */
function numberOf({ service: { name } }: OfPod): number {
  return Number(lastNumber.exec(name)?.[0] ?? Number.NaN);
}

/** The others of a family that are named alike, but for a number. */
function alikeTo(one: OfPod, family: readonly OfPod[]): OfPod[] {
  const shape = ({ service: { name } }: OfPod) => name.replace(lastNumber, '#');
  return family.filter((sibling) => sibling !== one && shape(sibling) === shape(one));
}

/** True for a Service that was made for a pod to come: each pod that there is has its own, or several are named by their pods. */
function isPrepared(one: OfPod, family: readonly OfPod[]): boolean {
  const { first, count } = one;
  const having = new Set(family.map(({ index }) => index));
  const all = Array.from({ length: count }, (_, offset) => first + offset).every((index) =>
    having.has(index),
  );
  if (all) return true;
  const right = alikeTo(one, family).filter((sibling) => numberOf(sibling) === sibling.index);
  return numberOf(one) === one.index && right.length > 1;
}

/** A Service whose pod is beyond the replicas. */
function* beyond(one: OfPod, family: readonly OfPod[]): Iterable<Problem> {
  const { service, set, index, first, count } = one;
  if (index < first + count || isPrepared(one, family)) return;
  const last = first + count - 1;
  const there = `${set.name}-${first}${last > first ? ` to ${set.name}-${last}` : ''}`;
  yield {
    object: service.object,
    path: pathOf(one),
    message:
      `it selects pod ${set.name}-${index}, and the pods of StatefulSet ${set.name} are ${there}: ` +
      'it would have no endpoints, and connections to it would be refused',
  };
}

/** A Service named for one pod that leads to another, where the others of its family lead to what they are named for. */
function* other(one: OfPod, family: readonly OfPod[]): Iterable<Problem> {
  const { service, set, index } = one;
  const alike = alikeTo(one, family);
  const number = numberOf(one);
  if (Number.isNaN(number) || number === index) return;
  const right = alike.filter((sibling) => numberOf(sibling) === sibling.index);
  if (right.length === 0 || right.length < alike.length) return;
  yield {
    object: service.object,
    path: pathOf(one),
    message:
      `it leads to pod ${set.name}-${index}, and ${right.map((sibling) => sibling.service.name).join(', ')} each lead to the pod of their number: ` +
      `clients of ${set.name}-${number} would reach another`,
    severity: 'warning',
  };
}

/** A Service selects a pod of a StatefulSet that is not there, or not the one that its name says. */
export const servicePodMissing: Rule = {
  id: 'service-pod-missing',
  severity: 'error',
  family: 'services',
  title: 'a Service selects one pod of a StatefulSet, and that is not there',
  *check({ model }): Iterable<Problem> {
    const families = Map.groupBy(ofPods(model), ({ set, rest }) => `${set.namespace} ${set.name} ${rest}`);
    for (const family of families.values()) {
      for (const one of family) {
        yield* beyond(one, family);
        yield* other(one, family);
      }
    }
  },
};
