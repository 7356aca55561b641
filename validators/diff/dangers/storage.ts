import { type KubernetesObject, nameOf } from '../../render/objects.ts';
import { readQuantity } from '../../room/quantity.ts';
import { pathText } from '../path.ts';
import type { Danger, DangerRule, Step } from './danger.ts';

/** What is lost, or refused, where storage shrinks or goes. */
export const storage: DangerRule = function* ({ objects }: Step): Iterable<Danger> {
  for (const { before, after, changes } of objects) {
    if (before !== undefined && after === undefined) yield* gone(before);
    if (before === undefined || after === undefined || after.kind !== 'PersistentVolumeClaim') continue;
    for (const change of changes) {
      if (change.kind !== 'changed' || pathText(change.path) !== 'spec.resources.requests.storage') continue;
      const [was, is] = [readQuantity(change.before), readQuantity(change.after)];
      if (was === undefined || is === undefined || is >= was) continue;
      yield {
        id: 'storage-shrinks',
        severity: 'error',
        resource: nameOf(after),
        path: pathText(change.path),
        message: `a claim never shrinks: the API server refuses ${change.after} where ${change.before} was, and Argo CD's sync fails here; make a smaller claim beside it, copy what is in this one, and have the workload take that`,
      };
    }
  }
};

/** Kinds that take something with them, and what. */
const takes: Readonly<Record<string, string>> = {
  PersistentVolumeClaim:
    "its volume goes by its class's reclaim policy, which is mostly Delete, and all data with it",
  Namespace: 'everything in it is deleted, claims and their data too',
};

function* gone(object: KubernetesObject): Iterable<Danger> {
  const { kind } = object;
  const resource = nameOf(object);
  if (kind === 'CustomResourceDefinition') {
    // Argo CD gives a definition no mark of its application: reposerver/repository/repository.go, `!kube.IsCRD(target)`.
    yield {
      id: 'stays-behind',
      severity: 'note',
      resource,
      message:
        'it is no more in git, and stays in the cluster with every object of its kind: Argo CD prunes no definition, and does not show it as out of sync; delete it by hand when nobody has such objects any more',
    };
    return;
  }
  const what = takes[kind];
  if (what !== undefined) {
    const options = object.metadata.annotations?.['argocd.argoproj.io/sync-options'] ?? '';
    if (/\bPrune=(?:false|confirm)\b/.test(options)) {
      yield {
        id: 'stays-behind',
        severity: 'note',
        resource,
        message: `it is no more in git, and stays in the cluster, since it says ${options}: Argo CD shows it as out of sync until somebody deletes it`,
      };
      return;
    }
    yield {
      id: kind === 'Namespace' ? 'namespace-goes' : 'claim-goes',
      severity: 'error',
      resource,
      message: `a sync that prunes deletes it: ${what}; annotate it with argocd.argoproj.io/sync-options: Prune=false in a change before this one, or take what is in it elsewhere first`,
    };
  }
  if (kind !== 'StatefulSet') return;
  const templates = (object as { spec?: { volumeClaimTemplates?: readonly unknown[] } }).spec
    ?.volumeClaimTemplates;
  if (templates === undefined || templates.length === 0) return;
  yield {
    id: 'stateful-goes',
    severity: 'warning',
    resource,
    message:
      'its pods go and their claims stay: one of another name begins with empty volumes; to rename it, make the claims of the new name first, from snapshots or copies of these',
  };
}
