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

/** An image is pulled by a tag that moves: what runs is not what was judged. */
export const imageUnpinned: Rule = {
  id: 'image-unpinned',
  severity: 'warning',
  family: 'security',
  title: 'an image has no tag, or the tag latest, and is pulled',
  *check({ model }) {
    for (const { object, containers } of model.workloads) {
      for (const { name, spec, path } of containers) {
        const { tag, digest } = imageParts(spec.image ?? '');
        const policy =
          spec.imagePullPolicy ?? (tag === undefined || tag === 'latest' ? 'Always' : 'IfNotPresent');
        if (digest !== undefined || (tag !== undefined && tag !== 'latest') || policy !== 'Always') continue;
        yield {
          object,
          path: joinPath(path, 'image'),
          message: `container ${name} runs ${spec.image}, which is another image whenever somebody pushes: pin a tag or a digest`,
        };
      }
    }
  },
};
