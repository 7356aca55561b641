import { type Flow, type Flows, inferFlows } from '../../graph/flows.ts';
import { declaredPorts, targetPort } from '../../graph/ports.ts';
import type { Service } from '../../model/kubernetes.ts';
import { type Model, selectsPods, type Typed } from '../../model/model.ts';
import type { Workload } from '../../model/workload.ts';
import { type KubernetesObject, nameOf } from '../../render/objects.ts';
import { type BothRun, bothRun } from './both-run.ts';
import type { Danger, DangerRule, Step } from './danger.ts';

const way =
  'keep the older beside the newer in this change (a second port, a Service under the older name, a rule more), and take it away in a later one';

/** Connections that both sides allow, and that fail between what is older and what is newer while both run. */
export const cutMeanwhile: DangerRule = function* (step: Step): Iterable<Danger> {
  if (!step.objects.some(mayCut)) return;
  yield* emptied(step);
  const both = bothRun(step);
  if (both.newerOf.size === 0) return;
  const told = new Set<string>();
  for (const { client, what } of [...deadEnds(step, both), ...cuts(step, both)]) {
    const danger: Danger = {
      id: 'cut-meanwhile',
      severity: 'warning',
      resource: nameOf(client),
      message: `${what}; Argo CD applies Services and policies at once, and pods are replaced one after the other: ${way}`,
    };
    const key = JSON.stringify(danger);
    if (!told.has(key)) yield danger;
    told.add(key);
  }
};

/** What may lead connections elsewhere: Services, policies, and the labels and ports of pods. */
function mayCut({ before, after, changes }: Step['objects'][number]): boolean {
  const { kind } = after ?? (before as KubernetesObject);
  if (kind === 'Service' || kind === 'NetworkPolicy' || kind === 'Namespace') return true;
  return changes.some(({ path }) => path.includes('ports') || path.includes('labels'));
}

/** Services that select newer pods alone: until the first of these is ready, nobody answers. */
function* emptied({ before, after }: Step): Iterable<Danger> {
  for (const service of after.services) {
    const was = before.service(service.namespace, service.name);
    const answers = (workloads: readonly Workload[], one: Typed<Service>) =>
      workloads.some(
        (workload) =>
          workload.serves &&
          selectsPods(one.typed.spec?.selector, workload) &&
          ((one.typed.spec?.ports ?? []).length === 0 ||
            (one.typed.spec?.ports ?? []).some((port) => targetPort(port, workload) !== undefined)),
      );
    const older = before.workloadsIn(service.namespace);
    if (was === undefined || !answers(older, was) || answers(older, service)) continue;
    if (!answers(after.workloadsIn(service.namespace), service)) continue;
    yield {
      id: 'cut-meanwhile',
      severity: 'warning',
      resource: nameOf(service.object),
      path: 'spec.selector',
      message:
        'it leads to none of the pods that run, but to the newer ones alone: Argo CD applies it before these are ready, and until then nobody answers; ' +
        'give the pods the newer labels and ports in a change before, beside the older ones, and change the Service once they run',
    };
  }
}

interface Cut {
  /** The newer object of who connects. */
  readonly client: KubernetesObject;
  readonly what: string;
}

const named = ({ kind, metadata }: KubernetesObject): string => `${kind} ${metadata.name}`;

/** What older pods are told, and what is no more there. */
function* deadEnds({ before, after }: Step, { model, newerOf }: BothRun): Iterable<Cut> {
  const keyOf = (object: KubernetesObject, address: { host: string; port?: number | undefined }) =>
    `${named(object)} ${address.host}:${address.port}`;
  const led = new Set(
    flowsOf(before).flows.flatMap((flow) =>
      stopOf(flow) === undefined ? [keyOf(flow.from.object, flow.told.address)] : [],
    ),
  );
  // What the newer pods are told as well is newly wrong, and told as that.
  const still = new Set(flowsOf(after).deadEnds.map(({ told }) => keyOf(told.workload.object, told.address)));
  for (const { told, reason } of flowsOf(model).deadEnds) {
    const newer = newerOf.get(told.workload.object);
    if (newer === undefined) continue;
    const key = keyOf(newer, told.address);
    if (!led.has(key) || still.has(key)) continue;
    const { host, port } = told.address;
    yield {
      client: newer,
      what: `its older pods are told by ${told.by} to talk to ${host}${port === undefined ? '' : `:${port}`}, and ${reason}`,
    };
  }
}

/** What policies or ports stop between older and newer pods. */
function* cuts({ before, after }: Step, { model, newerOf }: BothRun): Iterable<Cut> {
  const original = ({ object }: Workload) => newerOf.get(object) ?? object;
  const keyOf = ({ from, to, destination }: Flow) =>
    `${named(original(from))} ${to === undefined ? '' : named(original(to))} ${destination}`;
  const sort = (side: Model) => Map.groupBy(flowsOf(side).flows, (flow) => stopOf(flow) === undefined);
  const keys = (flows: readonly Flow[] = []) => new Set(flows.map(keyOf));
  const [was, is] = [sort(before), sort(after)];
  const [ledBefore, led, stopped] = [keys(was.get(true)), keys(is.get(true)), keys(is.get(false))];
  for (const flow of flowsOf(model).flows) {
    const { from, to, destination } = flow;
    const [isOldClient, isOldServer] = [from, to].map((one) => one !== undefined && newerOf.has(one.object));
    const stop = stopOf(flow);
    if (stop === undefined || !(isOldClient || isOldServer)) continue;
    const key = keyOf(flow);
    // What the newer side has as well is newly wrong, and told as that.
    if (stopped.has(key) || !(isOldClient ? ledBefore : led).has(key)) continue;
    const client = original(from);
    const who = isOldClient ? 'its older pods' : 'it';
    const whom =
      to === undefined ? destination : `${isOldServer ? 'older' : 'newer'} pods of ${named(original(to))}`;
    yield { client, what: `${who} cannot talk to ${whom} (${destination}): ${stop}` };
  }
}

/** Why a connection fails; undefined for one that does not. */
function stopOf({ verdict, to, port }: Flow): string | undefined {
  if (!verdict.allowed)
    return `the ${verdict.cut} policies ${verdict.policies.join(', ')} do not let it through`;
  const ports = to === undefined ? [] : declaredPorts(to).map(({ number }) => number);
  if (port === undefined || ports.length === 0 || ports.includes(port)) return undefined;
  return `these listen on ${ports.join(', ')}, and the Service leads to ${port}`;
}

const inferred = new WeakMap<Model, Flows>();

function flowsOf(model: Model): Flows {
  const known = inferred.get(model) ?? inferFlows(model);
  inferred.set(model, known);
  return known;
}
