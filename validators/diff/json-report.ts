import { nameOf } from '../render/objects.ts';
import type { Change } from './change.ts';
import type { Difference } from './difference.ts';
import { pathText } from './path.ts';

/** The whole of a difference, for programs. A field may be added within a version; one that changes or goes raises it. */
export function differenceJson(difference: Difference, { from, to }: { from: string; to: string }): string {
  const targets = difference.targets.map(
    ({ target, state, unreadable, objects, dangers, found, mended }) => ({
      target: target.name,
      state,
      ...(unreadable === undefined ? {} : { unreadable }),
      objects: objects.map(({ before, after, changes, follows }) => ({
        ...(before === undefined ? {} : { before: nameOf(before) }),
        ...(after === undefined ? {} : { after: nameOf(after) }),
        changes: changes.map((change) => ({
          ...plain(change),
          ...(follows.has(change) ? { follows: true } : {}),
        })),
      })),
      dangers,
      found,
      mended,
    }),
  );
  return `${JSON.stringify({ version: 1, from, to, compared: difference.compared, targets }, undefined, 2)}\n`;
}

/** A change with its path as text; of a file inside a field what it says, not its text. */
function plain(change: Change): object {
  const path = pathText(change.path);
  if (change.kind !== 'content') return { ...change, path };
  const { kind, format, changes } = change;
  return { kind, path, format, changes: changes.map(plain) };
}
