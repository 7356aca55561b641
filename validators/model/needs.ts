import type { KubernetesObject } from '../render/objects.ts';
import type { Model } from './model.ts';
import { configurationUses } from './uses.ts';
import type { Workload } from './workload.ts';

/** What an object cannot do without, and why. */
export interface Need {
  readonly object: KubernetesObject;
  readonly why: string;
}

/** What pods cannot start without: ConfigMaps, Secrets, claims, their account. */
export function* startsWith(model: Model, workload: Workload): Iterable<Need> {
  const { namespace, pod } = workload;
  for (const { kind, name, optional, by } of configurationUses(workload)) {
    const made = optional ? undefined : model.configuration(kind, namespace, name);
    if (made !== undefined) yield { object: made.object, why: `${by} needs ${kind} ${name}` };
  }
  const account = pod.serviceAccountName;
  const found = account === undefined ? undefined : model.find('', 'ServiceAccount', namespace, account);
  if (found !== undefined) yield { object: found, why: `its pods run as ServiceAccount ${account}` };
  for (const { persistentVolumeClaim: claim } of pod.volumes ?? []) {
    const there = claim && model.find('', 'PersistentVolumeClaim', namespace, claim.claimName);
    if (there) yield { object: there, why: `its pods mount claim ${claim.claimName}` };
  }
}
