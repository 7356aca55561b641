import { nameOf } from '../../render/objects.ts';
import type { Danger, DangerRule, Step } from './danger.ts';
import { changesOfPods, keptBy } from './replacement.ts';

/** A pod template that is another, of a workload that keeps its pods: git says the newer, and the older runs. */
export const podsNotReplaced: DangerRule = function* ({ objects }: Step): Iterable<Danger> {
  for (const change of objects) {
    const { after } = change;
    if (after === undefined || changesOfPods(change).length === 0) continue;
    const kept = keptBy(after);
    if (kept === undefined) continue;
    const way =
      after.kind === 'Deployment'
        ? 'take paused away'
        : 'delete the pods one by one after the sync, or have it replace them by itself';
    yield {
      id: 'pods-not-replaced',
      severity: 'warning',
      resource: nameOf(after),
      path: kept.path,
      message: `its pod template changes, and ${kept.reason}; Argo CD applies it and calls it synced all the same: ${way}`,
    };
  }
};
