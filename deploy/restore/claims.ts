import { UsageError } from '@plumbline/validators';
import { backupLabel, claimAnnotation, countAnnotation, nameLabel } from '../../apps/kit/backup/labels.ts';
import { kubectl } from '../cluster/kubectl.ts';
import type { LiveObject } from '../cluster/live.ts';
import { type Command, minutes, seconds } from '../plan/step.ts';

/** Asks for the snapshots of a backup. */
export function snapshotsOf(context: string, namespace: string, from: string): Command {
  const which = ['--namespace', namespace, '--selector', `${backupLabel}=${from}`];
  return kubectl(context, ['get', 'volumesnapshots', ...which, '--output', 'json'], {
    deadline: seconds(30),
  });
}

/** The claims of a backup, as a person reads them. @throws UsageError where it is not whole */
export function wholeBackup(from: string, snapshots: readonly LiveObject[]): string[] {
  const [first] = snapshots;
  if (first === undefined) {
    throw new UsageError(
      `There is no backup ${from}. kubectl get volumesnapshots --label-columns ${backupLabel} shows those that there are.`,
    );
  }
  const wanted = Number(first.metadata.annotations?.[countAnnotation]);
  const unready = snapshots.filter(({ status }) => status?.readyToUse !== true);
  if (snapshots.length !== wanted || unready.length > 0) {
    const which = unready.map(({ metadata }) => metadata.name).join(', ');
    throw new UsageError(
      `The backup ${from} is not whole: ${snapshots.length} of ${wanted} snapshots${which === '' ? '' : `, not ready: ${which}`}.`,
    );
  }
  return snapshots.map((snapshot) => `${claimOf(snapshot)} as it was at ${cutAt(snapshot)}`);
}

/** When the first of the volumes was cut. */
export function earliestCut(snapshots: readonly LiveObject[]): string {
  return snapshots.map(cutAt).sort()[0] ?? '';
}

/**
 * The claims beside those of a backup that belong to the same sets. A broker that came back with one would hold the log of
 * another time, which nobody asked for.
 */
export function claimsBeside(snapshots: readonly LiveObject[], claims: readonly LiveObject[]): string[] {
  const kept = new Set(snapshots.map(claimOf));
  const sets = new Set(snapshots.flatMap((snapshot) => claimBefore(snapshot).labels?.[nameLabel] ?? []));
  return claims
    .filter(({ metadata }) => sets.has(metadata.labels?.[nameLabel] ?? '') && !kept.has(metadata.name))
    .map(({ metadata }) => metadata.name)
    .sort();
}

/**
 * Makes the claims of a backup again, with what their snapshots hold, and removes those of the same sets that it lacks.
 * @throws UsageError while a pod has one of them: it was brought back
 */
export function renewClaims(
  context: string,
  namespace: string,
  snapshots: readonly LiveObject[],
  claims: readonly LiveObject[],
  pods: readonly LiveObject[],
): Command[] {
  const beside = claimsBeside(snapshots, claims);
  const going = new Set([...beside, ...snapshots.map(claimOf)]);
  const holding = pods.filter((pod) => claimsOfPod(pod).some((name) => going.has(name)));
  if (holding.length > 0) {
    const names = holding.map(({ metadata }) => metadata.name).join(', ');
    throw new UsageError(
      `${names} came back although stopped. No volume was touched. Pause Argo CD's sync, and run this again.`,
    );
  }
  return [
    ...beside.map((name) => removed(context, namespace, name)),
    ...snapshots.flatMap((snapshot) => [
      removed(context, namespace, claimOf(snapshot)),
      made(context, namespace, snapshot),
    ]),
  ];
}

function claimOf({ spec }: LiveObject): string {
  const { source } = spec as { source?: { persistentVolumeClaimName?: string } };
  return source?.persistentVolumeClaimName ?? '';
}

function cutAt({ status }: LiveObject): string {
  return typeof status?.creationTime === 'string' ? status.creationTime : '';
}

function claimBefore({ metadata }: LiveObject) {
  return JSON.parse(metadata.annotations?.[claimAnnotation] ?? '{}') as {
    readonly labels?: Readonly<Record<string, string>>;
    readonly spec?: Readonly<Record<string, unknown>>;
  };
}

function claimsOfPod({ spec, status }: LiveObject): string[] {
  // A pod that has ended holds nothing.
  if (status?.phase === 'Succeeded' || status?.phase === 'Failed') return [];
  const { volumes = [] } = (spec ?? {}) as {
    readonly volumes?: readonly { readonly persistentVolumeClaim?: { readonly claimName: string } }[];
  };
  return volumes.flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []);
}

function removed(context: string, namespace: string, name: string): Command {
  const which = ['persistentvolumeclaim', name, '--namespace', namespace];
  return kubectl(context, ['delete', ...which, '--ignore-not-found', '--timeout=180s'], {
    deadline: minutes(4),
  });
}

function made(context: string, namespace: string, snapshot: LiveObject): Command {
  const was = claimBefore(snapshot);
  const claim = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: claimOf(snapshot), namespace, labels: was.labels ?? {} },
    spec: {
      ...was.spec,
      dataSource: {
        apiGroup: 'snapshot.storage.k8s.io',
        kind: 'VolumeSnapshot',
        name: snapshot.metadata.name,
      },
    },
  };
  return kubectl(context, ['create', '--filename', '-'], { input: `${JSON.stringify(claim)}\n` });
}

/** A snapshot for what --dry-run assumes. */
export function assumedSnapshot(from: string): LiveObject {
  return {
    kind: 'VolumeSnapshot',
    metadata: {
      name: `kafka-pvc-kafka-0-${from}`,
      annotations: { [countAnnotation]: '1', [claimAnnotation]: '{}' },
    },
    spec: { source: { persistentVolumeClaimName: 'kafka-pvc-kafka-0' } },
    status: { readyToUse: true, creationTime: 'WHEN-IT-WAS-CUT' },
  };
}
