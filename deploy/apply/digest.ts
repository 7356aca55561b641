import { createHash } from 'node:crypto';
import type { KubernetesObject } from '@plumbline/validators';
import type { BuildableImage } from '../images/built.ts';
import { configReferences } from './references.ts';

/** The annotation that says what a Job ran with; it stands only in the cluster, where a plain apply leaves it alone. */
export const ranWith = 'plumbline.dev/ran-with';

/** The annotation that says which content of the images built here a workload's pods run. */
export const runsImages = 'plumbline.dev/images';

/** What a Job runs with, as a digest: its specification, and the ConfigMaps and Secrets that its pod reads. */
export function jobDigest(job: KubernetesObject, objects: readonly KubernetesObject[]): string {
  const reads = configReferences(job.spec).map(({ kind, name }) => {
    const found = objects.find(
      (object) =>
        object.kind === kind &&
        object.metadata.name === name &&
        object.metadata.namespace === job.metadata.namespace,
    );
    return [kind, name, found?.data ?? null, found?.stringData ?? null, found?.binaryData ?? null];
  });
  return createHash('sha256')
    .update(JSON.stringify([job.spec, reads]))
    .digest('hex')
    .slice(0, 16);
}

/** The contents of the images built here that a workload runs: `preempt-backend=0123456789ab`; empty when it runs none. */
export function imageContents(workload: KubernetesObject, images: readonly BuildableImage[]): string {
  const names = new Set<string>();
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const [field, child] of Object.entries(node)) {
      if (field === 'image' && typeof child === 'string') names.add(child.replace(/:[^/:]*$/, ''));
      else walk(child);
    }
  };
  walk(workload.spec);
  return images
    .filter(({ name }) => names.has(name))
    .map(({ name, content }) => `${name}=${content}`)
    .sort()
    .join(',');
}
