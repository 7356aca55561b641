import type { KubernetesObject } from '@plumbline/validators';
import { hasFailed, isComplete } from '../apply/jobs.ts';
import type { LiveObject } from '../cluster/live.ts';

/** Where a workload is on its way. */
export type Readiness =
  | { readonly state: 'ready' }
  /** `say` is the reason that its pods give, as far as they give one. */
  | { readonly state: 'waiting'; readonly say: string }
  /** It cannot get ready by itself. */
  | { readonly state: 'hopeless'; readonly say: string };

/** Why a container waits and waiting does not help: only another image, or another manifest, does. */
const hopeless = new Set(['ErrImageNeverPull', 'InvalidImageName']);

interface ContainerStatus {
  readonly name: string;
  readonly image?: string;
  readonly ready?: boolean;
  readonly restartCount?: number;
  readonly state?: {
    readonly waiting?: { readonly reason?: string; readonly message?: string };
    readonly running?: object;
    readonly terminated?: { readonly reason?: string; readonly exitCode?: number };
  };
}

/** A container that keeps its pod from being ready. */
export interface Trouble {
  readonly pod: string;
  readonly container?: string;
  readonly image?: string;
  readonly restarts: number;
  readonly reason: string;
  /** It ran, so that there are logs. */
  readonly hasRun: boolean;
}

/** How far one workload is, from what the cluster says of it and of its pods. */
export function readiness(wanted: KubernetesObject, live: readonly LiveObject[]): Readiness {
  const there = live.find(
    ({ kind, metadata }) =>
      kind === wanted.kind &&
      metadata.name === wanted.metadata.name &&
      metadata.namespace === wanted.metadata.namespace,
  );
  if (there === undefined) return { state: 'waiting', say: 'not there yet' };
  if (there.kind === 'Job' ? isComplete(there) : isRolledOut(there)) return { state: 'ready' };
  const troubles = troublesOf(wanted, live);
  const worst = troubles.find(({ reason }) => hopeless.has(reason)) ?? troubles[0];
  const reason = worst === undefined ? '' : `: ${describeTrouble(worst)}`;
  if (hasFailed(there)) return { state: 'hopeless', say: `the Job gave up${reason}` };
  const say = `${count(there)}${reason}`;
  return { state: worst !== undefined && hopeless.has(worst.reason) ? 'hopeless' : 'waiting', say };
}

/** True when the newest revision alone runs, whole. */
function isRolledOut({ kind, metadata, spec = {}, status = {} }: LiveObject): boolean {
  const wanted = typeof spec.replicas === 'number' ? spec.replicas : 1;
  const number = (field: string): number => (typeof status[field] === 'number' ? status[field] : 0);
  if (number('observedGeneration') < (metadata.generation ?? 0)) return false;
  const isNew = number('updatedReplicas') >= wanted && number('replicas') === wanted;
  if (kind === 'Deployment') return isNew && number('availableReplicas') >= wanted;
  // A StatefulSet counts no updated replicas once its revision is the current one.
  const settled = status.currentRevision === status.updateRevision || number('updatedReplicas') >= wanted;
  return settled && number('readyReplicas') >= wanted;
}

function count({ kind, spec = {}, status = {} }: LiveObject): string {
  if (kind === 'Job') return 'running';
  const wanted = typeof spec.replicas === 'number' ? spec.replicas : 1;
  return `${typeof status.readyReplicas === 'number' ? status.readyReplicas : 0} of ${wanted} ready`;
}

/** The pods of a workload, by the label that its selector or its Job gives them. */
export function podsOf(wanted: KubernetesObject, live: readonly LiveObject[]): LiveObject[] {
  const selector = (wanted.spec as { selector?: { matchLabels?: Record<string, string> } } | undefined)
    ?.selector?.matchLabels;
  const labels =
    wanted.kind === 'Job' ? { 'batch.kubernetes.io/job-name': wanted.metadata.name } : (selector ?? {});
  const pairs = Object.entries(labels);
  return live.filter(
    ({ kind, metadata }) =>
      kind === 'Pod' &&
      metadata.namespace === wanted.metadata.namespace &&
      pairs.length > 0 &&
      pairs.every(([key, value]) => metadata.labels?.[key] === value),
  );
}

/** What keeps a workload's pods from being ready, one container a pod. */
export function troublesOf(wanted: KubernetesObject, live: readonly LiveObject[]): Trouble[] {
  return podsOf(wanted, live).flatMap((pod): Trouble[] => {
    const { status = {} } = pod;
    if (status.phase === 'Succeeded') return [];
    const all = [status.initContainerStatuses, status.containerStatuses].flatMap(
      (list) => (list ?? []) as ContainerStatus[],
    );
    const stuck =
      all.find(({ state }) => state?.waiting?.reason !== undefined && !isOnItsWay(state.waiting.reason)) ??
      all.find(({ state }) => state?.terminated !== undefined && state.terminated.exitCode !== 0) ??
      all.find(({ state, ready }) => state?.running !== undefined && ready !== true);
    if (stuck !== undefined) {
      const { waiting, terminated } = stuck.state ?? {};
      const exit = terminated === undefined ? undefined : `exited with ${terminated.exitCode}`;
      return [
        {
          pod: pod.metadata.name,
          container: stuck.name,
          ...(stuck.image === undefined ? {} : { image: stuck.image }),
          restarts: stuck.restartCount ?? 0,
          reason: waiting?.reason ?? exit ?? 'runs and is not ready',
          hasRun: (stuck.restartCount ?? 0) > 0 || waiting === undefined,
        },
      ];
    }
    const unschedulable = (
      (status.conditions ?? []) as readonly { type: string; status: string; message?: string }[]
    ).find(({ type, status: is }) => type === 'PodScheduled' && is === 'False');
    const reason = unschedulable?.message ?? (status.phase === 'Pending' ? 'Pending' : undefined);
    return reason === undefined ? [] : [{ pod: pod.metadata.name, restarts: 0, reason, hasRun: false }];
  });
}

function isOnItsWay(reason: string): boolean {
  return reason === 'ContainerCreating' || reason === 'PodInitializing';
}

export function describeTrouble({ container, image, restarts, reason }: Trouble): string {
  const where = container === undefined ? '' : `${container} `;
  const what = /^(Err)?Image/.test(reason) || reason === 'InvalidImageName' ? ` (${image})` : '';
  const again = restarts === 0 ? '' : ` (${restarts} restarts)`;
  return `${where}${reason}${what}${again}`;
}
