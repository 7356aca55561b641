import { describeTurn, hasWaves, isLater, type Turn, turnOf, waveField } from '../gitops/waves.ts';
import type { Flow } from '../graph/flows.ts';
import { connection, policiesFor } from '../graph/policy.ts';
import type { NetworkPolicy } from '../model/kubernetes.ts';
import { namespaceOf, type Typed } from '../model/model.ts';
import { type Need, startsWith } from '../model/needs.ts';
import type { Workload } from '../model/workload.ts';
import type { KubernetesObject } from '../render/objects.ts';
import type { Context, Problem, Rule } from './rule.ts';

/** What pods wait for before they are ready, or done: who answers their initContainers, or a Job's own questions. */
function* waits(
  { flows }: Context,
  workload: Workload,
): Iterable<{
  readonly flow: Flow;
  readonly to: Workload;
  readonly why: string;
}> {
  for (const flow of flows.flows) {
    const { from, to, told, destination } = flow;
    if (from !== workload || to === undefined || to === workload) continue;
    const first = told.container?.role === 'init';
    if (!first && workload.kind !== 'Job') continue;
    const why = first
      ? `initContainer ${told.container?.name} waits for ${destination}`
      : `the Job asks ${destination}`;
    yield { flow, to, why };
  }
}

/** Those that answer what pods wait for, and the Services that lead there. */
function* waitsFor(context: Context, workload: Workload): Iterable<Need> {
  for (const { flow, to, why } of waits(context, workload)) {
    yield { object: to.object, why };
    if (flow.service !== undefined) yield { object: flow.service.object, why };
  }
}

/**
 * The policies that let what is waited for through, where those that are there by then do not: a default-deny comes first, and the
 * way past it in a wave of its own.
 */
function* opensWay(context: Context, workload: Workload, turns: readonly Turn[]): Iterable<Need> {
  const { model, environment } = context;
  const turn = turnOf(workload.object);
  if (!turns.some((one) => isLater(one, turn))) return;
  const isLate = ({ object }: { readonly object: KubernetesObject }) => isLater(turnOf(object), turn);
  const dns = environment?.peers.dns;
  const ofDns = dns && { namespace: dns.namespace, labels: dns.podLabels };
  for (const { flow, to, why } of waits(context, workload)) {
    for (const [end, number, protocol] of [[to, flow.port, 'TCP'] as const, [ofDns, 53, 'UDP'] as const]) {
      if (end === undefined) continue;
      const open = (isThere: (policy: Typed<NetworkPolicy>) => boolean) =>
        connection(model, workload, end, number, protocol, isThere).allowed;
      if (!open(() => true) || open((policy) => !isLate(policy))) continue;
      const late = [
        ...policiesFor(model, workload, 'Egress'),
        ...('pod' in end ? policiesFor(model, end, 'Ingress') : []),
      ].filter(isLate);
      // Where both ends have one of their own, either is needed.
      const [first] = late;
      const needed = late.find((policy) => !open((other) => other !== policy)) ?? first;
      const what = protocol === 'UDP' ? ', whose name only NetworkPolicy' : ', to which only NetworkPolicy';
      if (needed !== undefined)
        yield { object: needed.object, why: `${why}${what} ${needed.name} opens the way` };
    }
  }
}

/** Something is applied in a wave before what it cannot be healthy without: the sync stops there for ever. */
export const waveTooEarly: Rule = {
  id: 'wave-too-early',
  severity: 'error',
  family: 'gitops',
  title: 'an object is applied in a wave before what it waits for',
  *check(context) {
    const { model } = context;
    if (!hasWaves(model)) return;
    const before = (object: KubernetesObject, { object: needed, why }: Need): Problem | undefined => {
      const [turn, other] = [turnOf(object), turnOf(needed)];
      if (!isLater(other, turn)) return undefined;
      return {
        object,
        path: waveField(object),
        message:
          `${object.kind} ${object.metadata.name} comes in ${describeTurn(turn, other)}, and ${why}: ` +
          `${needed.kind} ${needed.metadata.name} comes in ${describeTurn(other, turn)} only, which waits until what is before it is healthy, and so for ever`,
      };
    };
    for (const object of model.objects) {
      const namespace =
        object.kind === 'Namespace' ? undefined : model.find('', 'Namespace', 'default', namespaceOf(object));
      const problem = namespace && before(object, { object: namespace, why: 'it lives in the namespace' });
      if (problem) yield problem;
    }
    // Policies are many, and their turns few.
    const turns = [
      ...new Map(
        model.policies
          .map(({ object }) => turnOf(object))
          .map((turn) => [`${turn.phase} ${turn.wave}`, turn]),
      ).values(),
    ];
    for (const workload of model.workloads) {
      // No sync waits for the runs of a CronJob.
      if (workload.kind === 'CronJob') continue;
      const seen = new Set<KubernetesObject>();
      for (const need of [
        ...startsWith(context.model, workload),
        ...waitsFor(context, workload),
        ...opensWay(context, workload, turns),
      ]) {
        if (seen.has(need.object)) continue;
        seen.add(need.object);
        const problem = before(workload.object, need);
        if (problem) yield problem;
      }
    }
  },
};
