import type { KubernetesObject } from '../../validators/render/objects.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** An object named store, in the namespace shop where nothing else is said. */
export const object = (
  apiVersion: string,
  kind: string,
  fields: Fields,
  metadata: Fields = {},
): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name: 'store', namespace: 'shop', ...metadata },
  ...fields,
});

/** What all pods of `pod` have, and all selectors of `apps`. */
export const labels = { app: 'store' };
/** A template of pods with one container. */
export const pod = (container: Fields = {}, spec: Fields = {}) => ({
  metadata: { labels },
  spec: { containers: [{ name: 'store', image: 'store:1.9.0', ...container }], ...spec },
});
/** A template of pods of a later version. */
export const newer = pod({ image: 'store:2.0.0' });

/** A template of claims. */
export const claim = (storage: string) => ({
  metadata: { name: 'data' },
  spec: { resources: { requests: { storage } } },
});

/** A workload, by the kind and what its spec has beside a selector and pods. */
export const apps = (kind: string, spec: Fields, metadata: Fields = {}) =>
  object(
    'apps/v1',
    kind,
    { spec: { selector: { matchLabels: labels }, template: pod(), ...spec } },
    metadata,
  );

/** A claim that stands by itself. */
export const pvc = (spec: Fields, metadata: Fields = {}) =>
  object('v1', 'PersistentVolumeClaim', { spec }, metadata);
