import { nameOf } from '../../render/objects.ts';
import { imageParts } from '../../rules/image-unpinned.ts';
import { pathText } from '../path.ts';
import type { Danger, DangerRule, Step } from './danger.ts';

/** An image of a lower version than the one that runs: what has data may not be able to read it any more. */
export const imageDowngrade: DangerRule = function* ({ objects }: Step): Iterable<Danger> {
  for (const { after, changes } of objects) {
    for (const change of changes) {
      if (after === undefined || change.kind !== 'changed' || change.path.at(-1) !== 'image') continue;
      const [was, is] = [change.before, change.after].map((image) => imageParts(String(image)));
      if (was === undefined || is === undefined || was.name !== is.name) continue;
      if (!isLower(is.tag ?? '', was.tag ?? '')) continue;
      yield {
        id: 'image-downgrade',
        severity: 'warning',
        resource: nameOf(after),
        path: pathText(change.path),
        message: `${is.tag} is older than ${was.tag}: what the newer one has written (tables, logs, state) the older one may not read; see its notes on going back, and take a backup first`,
      };
    }
  }
};

/** True where both are versions of one form and the first is the lower. */
function isLower(tag: string, than: string): boolean {
  const [one, other] = [tag, than].map((text) => /^v?(\d+(?:\.\d+)*)(.*)$/.exec(text));
  if (!one || !other || one[2] !== other[2]) return false;
  const [is, was] = [one, other].map((match) => (match[1] ?? '').split('.').map(Number)) as [
    number[],
    number[],
  ];
  const at = is.findIndex((number, index) => number !== (was[index] ?? 0));
  return at !== -1 && (is[at] ?? 0) < (was[at] ?? 0);
}
