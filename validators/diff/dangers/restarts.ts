import { configurationUses } from '../../model/uses.ts';
import type { Workload } from '../../model/workload.ts';
import { type KubernetesObject, nameOf } from '../../render/objects.ts';
import type { Danger, DangerRule, Step } from './danger.ts';
import { changesOfPods, isRolling, keptBy } from './replacement.ts';

/** Whose pods are made anew, and whose are not although what they were told is another. */
export const restarts: DangerRule = function* ({ objects, after: model }: Step): Iterable<Danger> {
  const restarted = new Set<string>();
  for (const change of objects) {
    const { after } = change;
    const inTemplate = changesOfPods(change);
    if (after === undefined || inTemplate.length === 0) continue;
    restarted.add(keyOf(after));
    if (keptBy(after) !== undefined) continue;
    const because = inTemplate.every((one) => change.follows.has(one))
      ? 'what it is configured by has another name'
      : 'its pod template changes';
    yield {
      id: 'pods-restart',
      severity: 'note',
      resource: nameOf(after),
      message: `${because}: its pods are replaced, as its strategy says`,
    };
  }
  for (const { before, after, changes } of objects) {
    if (before === undefined || after === undefined || before.metadata.name !== after.metadata.name) continue;
    const { kind } = after;
    if (kind !== 'ConfigMap' && kind !== 'Secret') continue;
    const keys = new Set(
      changes.flatMap(({ path }) => (typeof path[1] === 'string' && path[0] !== 'metadata' ? [path[1]] : [])),
    );
    if (keys.size === 0) continue;
    for (const workload of model.workloads) {
      if (!isRolling(workload.object) || restarted.has(keyOf(workload.object))) continue;
      const by = readOnce(workload, after, keys);
      if (by === undefined) continue;
      yield {
        id: 'configuration-not-read',
        severity: 'warning',
        resource: nameOf(workload.object),
        message: `${by} reads ${kind} ${after.metadata.name} when it starts, and nothing restarts it: old and new pods go by different values; have a generator name it after its content, or restart it (kubectl rollout restart)`,
      };
    }
  }
};

const keyOf = ({ kind, metadata }: KubernetesObject): string =>
  `${kind}/${metadata.namespace ?? ''}/${metadata.name}`;

/** Which container reads one of the keys at its start alone: a variable, or a file that is mounted by itself. */
function readOnce(
  workload: Workload,
  configuration: KubernetesObject,
  keys: ReadonlySet<string>,
): string | undefined {
  if (workload.namespace !== (configuration.metadata.namespace ?? 'default')) return undefined;
  const uses = configurationUses(workload).filter(
    ({ kind, name }) => kind === configuration.kind && name === configuration.metadata.name,
  );
  return uses.find(({ key, by }) => by.startsWith('container ') && (key === undefined || keys.has(key)))?.by;
}
