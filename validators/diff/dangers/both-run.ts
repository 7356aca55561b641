import type { Deployment } from '../../model/kubernetes.ts';
import { buildModel, type Model } from '../../model/model.ts';
import { type KubernetesObject, nameOf } from '../../render/objects.ts';
import type { Step } from './danger.ts';
import { changesOfPods } from './replacement.ts';

/** What a cluster has while a rollout runs: all that is newer, and the older pods beside the newer ones. */
export interface BothRun {
  readonly model: Model;
  /** The newer object of each workload that stands for older pods. */
  readonly newerOf: ReadonlyMap<KubernetesObject, KubernetesObject>;
}

/** No object has such a name: it stands for what is older. */
const older = (name: string): string => `${name}~older`;

/** Older pods go by the configuration that they started with. */
export function bothRun({ objects, before, after }: Step): BothRun {
  const changed = new Set(
    objects.flatMap((change) => (change.before === undefined ? [] : [keyOf(change.before)])),
  );
  const isConfiguration = ({ kind }: KubernetesObject) => kind === 'ConfigMap' || kind === 'Secret';
  const configurations = before.objects.filter(
    (object) => isConfiguration(object) && changed.has(keyOf(object)),
  );
  const renamed = new Set(configurations.map(keyOf));
  const newerOf = new Map<KubernetesObject, KubernetesObject>();
  for (const change of objects) {
    const { after: newer } = change;
    if (change.before === undefined || newer === undefined || changesOfPods(change).length === 0) continue;
    const { strategy } = (change.before as unknown as Deployment).spec ?? {};
    if (strategy?.type === 'Recreate') continue;
    const object = byOlderNames(change.before, renamed);
    newerOf.set({ ...object, metadata: { ...object.metadata, name: older(object.metadata.name) } }, newer);
  }
  const kept = configurations.map((object) => ({
    ...object,
    metadata: { ...object.metadata, name: older(object.metadata.name) },
  }));
  const model = buildModel([...after.objects, ...kept, ...newerOf.keys()]);
  // The model has objects of its own where it gives one its usual shape.
  const byKey = new Map([...newerOf].map(([object, newer]) => [keyOf(object), newer]));
  return {
    model,
    newerOf: new Map(
      model.objects.flatMap((object): [KubernetesObject, KubernetesObject][] => {
        const newer = byKey.get(keyOf(object));
        return newer === undefined ? [] : [[object, newer]];
      }),
    ),
  };
}

const keyOf = (object: KubernetesObject): string => {
  const { kind, namespace = 'default', name } = nameOf(object);
  return `${kind} ${namespace}/${name}`;
};

/** Fields that name a ConfigMap or a Secret, and what of the two. */
const references: Readonly<Record<string, 'ConfigMap' | 'Secret'>> = {
  configMapRef: 'ConfigMap',
  configMapKeyRef: 'ConfigMap',
  configMap: 'ConfigMap',
  secretRef: 'Secret',
  secretKeyRef: 'Secret',
  secret: 'Secret',
};

/** An object that takes what is older of a configuration by the name that it has here. */
function byOlderNames(object: KubernetesObject, renamed: ReadonlySet<string>): KubernetesObject {
  const { namespace = 'default' } = object.metadata;
  const walk = (value: unknown, field: string): unknown => {
    if (Array.isArray(value)) return value.map((element) => walk(element, ''));
    if (typeof value !== 'object' || value === null) return value;
    const kind = references[field];
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [
        name,
        kind !== undefined &&
        (name === 'name' || name === 'secretName') &&
        renamed.has(`${kind} ${namespace}/${inner}`)
          ? older(String(inner))
          : walk(inner, name),
      ]),
    );
  };
  return walk(object, '') as KubernetesObject;
}
