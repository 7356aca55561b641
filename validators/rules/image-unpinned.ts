import { joinPath } from '../model/workload.ts';
import type { Rule } from './rule.ts';

/** The tag and digest of an image reference. */
export function imageParts(image: string): {
  readonly name: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
} {
  const [reference = '', digest] = image.split('@');
  const colon = reference.lastIndexOf(':');
  if (colon > reference.lastIndexOf('/'))
    return { name: reference.slice(0, colon), tag: reference.slice(colon + 1), digest };
  return { name: reference, tag: undefined, digest };
}

/** Tags that registries move by custom. */
const moving = new Set('latest main master edge nightly dev develop snapshot canary stable'.split(' '));

/** An image is pulled by a tag that moves: what runs is not what was judged. */
export const imageUnpinned: Rule = {
  id: 'image-unpinned',
  severity: 'warning',
  family: 'security',
  title: 'an image has no tag, or one that moves, and is pulled',
  *check({ model }) {
    for (const { object, containers } of model.workloads) {
      for (const { name, spec, path } of containers) {
        const { tag = 'latest', digest } = imageParts(spec.image ?? '');
        if (spec.image === undefined || digest !== undefined || !moving.has(tag)) continue;
        // Without a policy the API server sets Always for latest, and IfNotPresent for all else.
        const policy = spec.imagePullPolicy ?? (tag === 'latest' ? 'Always' : 'IfNotPresent');
        // Latest that is not pulled each time is the way of images that are built on the machine itself.
        if (policy === 'Never' || (tag === 'latest' && policy !== 'Always')) continue;
        yield {
          object,
          path: joinPath(path, 'image'),
          message:
            `container ${name} runs ${spec.image}, and ${tag} is another image whenever somebody pushes: ` +
            'two pods of one revision can differ, and going back does not bring the old one back; pin a version or a digest',
        };
      }
    }
  },
};
