import { type LiveObject, reference } from '../cluster/live.ts';

/** The annotation that keeps a workload's number of replicas while it is stopped. */
export const replicasBefore = 'plumbline.dev/replicas-before-stop';

/** The annotation that says that `stop` suspended a CronJob or a Job, and nobody else. */
export const suspendedByStop = 'plumbline.dev/suspended-by-stop';

/** A merge patch of one object. */
export interface Patch {
  readonly name: string;
  readonly patch: {
    readonly metadata: { readonly annotations: Readonly<Record<string, string | null>> };
    readonly spec: Readonly<Record<string, unknown>>;
  };
}

/**
 * What brings a namespace to nothing and keeps what is needed to bring it back, in one patch an object, so that
 * stopping half-way loses no count. A HorizontalPodAutoscaler rests by itself while its target has no replicas.
 * Workloads that are at nothing already, and Jobs that are done, stay as they are.
 */
export function stopPatches(live: readonly LiveObject[]): Patch[] {
  return live.flatMap((object): Patch[] => {
    const { spec = {}, kind } = object;
    const name = reference(object);
    if (kind === 'Deployment' || kind === 'StatefulSet') {
      const replicas = replicasOf(object);
      if (replicas === 0) return [];
      const annotations = { [replicasBefore]: String(replicas) };
      return [{ name, patch: { metadata: { annotations }, spec: { replicas: 0 } } }];
    }
    if ((kind === 'CronJob' || (kind === 'Job' && !isOver(object))) && spec.suspend !== true) {
      const annotations = { [suspendedByStop]: 'true' };
      return [{ name, patch: { metadata: { annotations }, spec: { suspend: true } } }];
    }
    return [];
  });
}

/**
 * What brings it back. An object that somebody started in between keeps what it has; only the note goes.
 */
export function startPatches(live: readonly LiveObject[]): Patch[] {
  return live.flatMap((object): Patch[] => {
    const { annotations = {} } = object.metadata;
    const name = reference(object);
    const before = annotations[replicasBefore];
    if (before !== undefined) {
      const spec = replicasOf(object) === 0 ? { replicas: Number(before) } : {};
      return [{ name, patch: { metadata: { annotations: { [replicasBefore]: null } }, spec } }];
    }
    if (annotations[suspendedByStop] !== undefined) {
      return [
        { name, patch: { metadata: { annotations: { [suspendedByStop]: null } }, spec: { suspend: false } } },
      ];
    }
    return [];
  });
}

/** True when Argo CD keeps the object, and will undo what is done beside it. */
export function isArgoManaged({ metadata }: LiveObject): boolean {
  return metadata.annotations?.['argocd.argoproj.io/tracking-id'] !== undefined;
}

/** A workload without a number has one replica. */
function replicasOf({ spec = {} }: LiveObject): number {
  return typeof spec.replicas === 'number' ? spec.replicas : 1;
}

function isOver({ status }: LiveObject): boolean {
  const conditions = (status?.conditions ?? []) as readonly { type: string; status: string }[];
  return conditions.some(
    ({ type, status: is }) => (type === 'Complete' || type === 'Failed') && is === 'True',
  );
}

/** What a merge patch makes of an object: for tests, and for the cluster that --dry-run assumes. */
export function patched(object: LiveObject, { patch }: Patch): LiveObject {
  const annotations: Record<string, string> = { ...object.metadata.annotations };
  for (const [key, value] of Object.entries(patch.metadata.annotations)) {
    if (value === null) delete annotations[key];
    else annotations[key] = value;
  }
  return {
    ...object,
    metadata: { ...object.metadata, annotations },
    spec: { ...object.spec, ...patch.spec },
  };
}
