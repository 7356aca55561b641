/**
 * The most insertions and deletions for which the fewest are sought: the search takes their square. Beyond it, all between the
 * first and the last difference is told as another.
 */
export const mostEdits = 1000;

/** How many elements two lists begin with in common, and how many of the rest they end with. */
export function commonEnds<Element>(
  before: readonly Element[],
  after: readonly Element[],
  same: (a: Element, b: Element) => boolean,
): { readonly start: number; readonly end: number } {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && same(before[start] as Element, after[start] as Element)) start += 1;
  let end = 0;
  while (
    end < shorter - start &&
    same(before[before.length - 1 - end] as Element, after[after.length - 1 - end] as Element)
  )
    end += 1;
  return { start, end };
}
