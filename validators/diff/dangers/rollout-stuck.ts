import type { Model } from '../../model/model.ts';
import type { Workload } from '../../model/workload.ts';
import { type KubernetesObject, nameOf } from '../../render/objects.ts';
import { eligible, nodesOf } from '../../room/nodes.ts';
import { packing } from '../../room/place.ts';
import { claimBetween } from '../../rules/claim-shared.ts';
import { refusedBeside } from '../../rules/quota-exceeded.ts';
import { surgeOf } from '../../rules/spread-impossible.ts';
import type { Danger, DangerRule, Step } from './danger.ts';
import { changesOfPods, keptBy } from './replacement.ts';

/**
 * A change of a pod template that never comes to its end: the new pod is to start before an old one goes, and cannot. Whether
 * the older side had the same weakness does not matter: this change is what meets it.
 */
export const rolloutStuck: DangerRule = function* (step: Step): Iterable<Danger> {
  for (const change of step.objects) {
    const { after } = change;
    if (after === undefined || changesOfPods(change).length === 0 || keptBy(after) !== undefined) continue;
    const [older, newer] = [step.before, step.after].map((model) => deployment(model, after)) as [
      Workload | undefined,
      Workload | undefined,
    ];
    if (older === undefined || newer === undefined || newer.replicas.min === 0) continue;
    const why = reasonOf(step, older, newer);
    if (why === undefined) continue;
    yield {
      id: 'rollout-stuck',
      severity: 'error',
      resource: nameOf(after),
      path: 'spec.strategy',
      message: `its pod template changes, a new pod is to be ready before an old one goes, and none can start: ${why}; Argo CD's sync succeeds and the old pods go on, until it calls the application degraded after progressDeadlineSeconds: let one be unavailable (maxSurge 0, maxUnavailable 1), or make room first`,
    };
  }
};

function deployment(model: Model, { kind, metadata }: KubernetesObject): Workload | undefined {
  return model
    .workloadsIn(metadata.namespace ?? 'default')
    .find((one) => kind === 'Deployment' && one.kind === kind && one.name === metadata.name);
}

function reasonOf({ after: model, environment }: Step, older: Workload, newer: Workload): string | undefined {
  if (surgeOf(newer) === 0) return undefined;
  const nodes = environment === undefined ? undefined : nodesOf(environment);
  const claim = claimBetween(model, newer, nodes && eligible(newer.pod, nodes).length);
  if (claim !== undefined) return `claim ${claim} is the old one's, and may not be on another node too`;
  const refused = refusedBeside({ model, environment }, older, newer);
  if (refused !== undefined || nodes === undefined) return refused;
  const lasting = model.workloads.filter(({ serves }) => serves);
  const others = lasting.filter((one) => one !== newer);
  const { min } = newer.replicas;
  const fits = (news: number, olds: number) =>
    packing(model, [...others, times(newer, news), times(older, olds)], nodes).length === 0;
  if ((fits(1, min) && fits(min, 1)) || packing(model, lasting, nodes).length > 0) return undefined;
  return `beside the pods that are there, no node of ${environment?.name} has the room, the port or the distance that it asks for`;
}

const times = (workload: Workload, min: number): Workload => ({
  ...workload,
  replicas: { ...workload.replicas, min },
});
