import { nameOf } from '../../render/objects.ts';
import { isReplaced } from '../../rules/replaced.ts';
import type { Change } from '../change.ts';
import { pathText } from '../path.ts';
import type { Danger, DangerRule, Step } from './danger.ts';

/** What the API server lets nobody change, by group and kind: some fields, or all below one but for some. */
interface Fixed {
  readonly fields?: readonly string[];
  readonly allBut?: { readonly below: string; readonly free: readonly string[] };
  /** The way to have it all the same. */
  readonly way: string;
}

const anew = 'delete it and let a sync make it anew, or give the new one another name';

/**
 * Source: k8s.io/kubernetes, `pkg/apis/apps/validation`, `pkg/apis/batch/validation`, `pkg/apis/core/validation`,
 * `pkg/apis/storage/validation`, `pkg/apis/rbac/validation`, `pkg/apis/scheduling/validation`.
 */
const fixed: Readonly<Record<string, Fixed>> = {
  'apps/Deployment': { fields: ['spec.selector'], way: `${anew}; its pods are gone meanwhile` },
  'apps/DaemonSet': { fields: ['spec.selector'], way: anew },
  'apps/ReplicaSet': { fields: ['spec.selector'], way: anew },
  'apps/StatefulSet': {
    allBut: {
      below: 'spec',
      free: [
        ...['replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'minReadySeconds'],
        'persistentVolumeClaimRetentionPolicy',
      ],
    },
    way: 'delete it with --cascade=orphan, so that pods and claims stay, and sync: the new one takes them over; claims that are there keep their size, which is changed on each by hand',
  },
  'batch/Job': {
    fields: [
      'spec.template',
      'spec.selector',
      'spec.completions',
      'spec.completionMode',
      'spec.podFailurePolicy',
      'spec.successPolicy',
      'spec.managedBy',
    ],
    way: 'let Argo CD replace it (argocd.argoproj.io/sync-options: Force=true,Replace=true), or delete it before the sync',
  },
  '/Service': { fields: ['spec.clusterIP', 'spec.clusterIPs', 'spec.ipFamilies'], way: anew },
  '/PersistentVolumeClaim': {
    allBut: { below: 'spec', free: ['resources', 'volumeAttributesClassName'] },
    way: 'make another claim, copy what is in the old one, and have the workload take the new one',
  },
  '/Secret': { fields: ['type'], way: anew },
  'storage.k8s.io/StorageClass': {
    fields: ['provisioner', 'parameters', 'reclaimPolicy', 'volumeBindingMode'],
    way: 'make a class of another name',
  },
  'rbac.authorization.k8s.io/RoleBinding': { fields: ['roleRef'], way: anew },
  'rbac.authorization.k8s.io/ClusterRoleBinding': { fields: ['roleRef'], way: anew },
  'scheduling.k8s.io/PriorityClass': {
    fields: ['value', 'preemptionPolicy'],
    way: 'make a class of another name',
  },
  'networking.k8s.io/IngressClass': { fields: ['spec.controller'], way: anew },
};

/** What is amounts and sizes in a claim has rules of its own. */
const marked = new Set(['/ConfigMap', '/Secret']);

/** A change of a field that the API server lets nobody change: the sync fails, or what replaces the object does. */
export const immutableFields: DangerRule = function* ({ objects }: Step): Iterable<Danger> {
  for (const { before, after, changes } of objects) {
    if (before === undefined || after === undefined) continue;
    // Its predecessor stays beside it, or is pruned.
    if (before.metadata.name !== after.metadata.name) continue;
    const group = after.apiVersion.includes('/') ? after.apiVersion.split('/')[0] : '';
    const key = `${group}/${after.kind}`;
    const rule = fixed[key];
    const refused = changes.filter(
      (change) =>
        (rule !== undefined && isFixed(rule, change)) || (marked.has(key) && isMarked(before, change)),
    );
    const [first] = refused;
    if (first === undefined) continue;
    const resource = nameOf(after);
    const paths = refused.map(({ path }) => pathText(path));
    const what =
      paths.length === 1 ? paths[0] : `${paths.slice(0, 3).join(', ')}${paths.length > 3 ? ' and more' : ''}`;
    if (isReplaced(after)) {
      yield {
        id: 'object-replaced',
        severity: after.kind === 'Job' ? 'note' : 'warning',
        resource,
        path: pathText(first.path),
        message: `${what} cannot be changed, so the sync deletes the object and makes it anew, as its annotation says${after.kind === 'Job' ? ': it runs again' : '; what it runs is gone meanwhile'}`,
      };
      continue;
    }
    yield {
      id: 'field-immutable',
      severity: 'error',
      resource,
      path: pathText(first.path),
      message: `the API server refuses another ${what}: Argo CD's sync fails here, and what comes in later waves is not applied; ${rule?.way ?? 'delete it and let a sync make it anew'}`,
    };
  }
};

function isFixed({ fields = [], allBut }: Fixed, change: Change): boolean {
  const steps = change.path.filter((step) => typeof step === 'string');
  const text = steps.join('.');
  if (change.kind === 'changed' && change.same !== undefined) return false;
  if (fields.some((field) => text === field || text.startsWith(`${field}.`))) return true;
  if (allBut === undefined || steps[0] !== allBut.below) return false;
  return steps[1] !== undefined && !allBut.free.includes(steps[1]);
}

/** Once it says that it is immutable, nothing of it changes. */
function isMarked(before: object, { path }: Change): boolean {
  const [field] = path;
  return (
    (before as { immutable?: boolean }).immutable === true &&
    (field === 'data' || field === 'binaryData' || field === 'stringData' || field === 'immutable')
  );
}
