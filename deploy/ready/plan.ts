import type { KubernetesObject } from '@plumbline/validators';
import { getJson } from '../cluster/kubectl.ts';
import { type LiveObject, liveObjects, reference } from '../cluster/live.ts';
import { seconds, type Verdict, type WaitStep } from '../plan/step.ts';
import { diagnoses } from './diagnosis.ts';
import { type Wave, waitOrder } from './order.ts';
import { readiness } from './workload.ts';

/** Waits until everything that the objects describe is ready, and says what it is at in the order of the waves. */
export function readyStep(
  context: string,
  objects: readonly KubernetesObject[],
  deadline: number,
  holds: number = 0,
): WaitStep {
  const waves = waitOrder(objects);
  const workloads = waves.flatMap((wave) => wave.workloads);
  const namespaces = [...new Set(workloads.flatMap(({ metadata }) => metadata.namespace ?? []))];
  const kinds = ['deployments', 'statefulsets', 'jobs', 'pods'];
  return {
    kind: 'wait',
    does: 'Wait until everything is ready',
    asks: namespaces.map((namespace) => ({ ...getJson(context, kinds, namespace), attempts: 1 })),
    every: seconds(2),
    deadline,
    holds,
    order: waves.map(describeWave),
    judge: (answers) => judge(waves, liveObjects(answers)),
    diagnose: (answers) => diagnoses(context, workloads, liveObjects(answers)),
  };
}

function describeWave({ name, workloads }: Wave): string {
  return `${name}: ${workloads.map((workload) => fullReference(workload)).join(', ')}`;
}

function fullReference(object: KubernetesObject): string {
  return `${object.metadata.namespace}/${reference(object)}`;
}

/**
 * How far the whole is. What cannot get ready is set aside while the rest goes on, since the rest may not need it;
 * the wait fails once nothing else is left to wait for.
 */
export function judge(waves: readonly Wave[], live: readonly LiveObject[]): Verdict {
  const stands = waves.map(({ name, workloads }) => ({
    name,
    workloads: workloads.map((workload) => ({ workload, is: readiness(workload, live) })),
  }));
  const all = stands.flatMap(({ workloads }) => workloads);
  const ready = all.filter(({ is }) => is.state === 'ready').length;
  const lost = all.filter(({ is }) => is.state === 'hopeless');
  const current = stands.find(({ workloads }) => workloads.some(({ is }) => is.state === 'waiting'));
  const count = `${ready} of ${all.length} ready`;
  if (current !== undefined) {
    const waiting = current.workloads.flatMap(({ workload, is }) =>
      is.state === 'waiting' ? `${fullReference(workload)} ${is.say}` : [],
    );
    return { state: 'waiting', say: `${count}; ${current.name}: ${waiting.join('; ')}` };
  }
  if (lost.length === 0) return { state: 'ready', say: count };
  const names = lost.map(({ workload, is }) =>
    is.state === 'hopeless' ? `${fullReference(workload)} ${is.say}` : '',
  );
  return { state: 'failed', say: `${count}; these will not be: ${names.join('; ')}` };
}
