/**
 * The number of single-character edits (insert, delete, replace, swap of neighbours) between two words:
 * the optimal string alignment distance.
 */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

/** True for two words that differ by one slip of the pen: two letters swapped, or one too many or too few. */
export function isSlip(a: string, b: string): boolean {
  const swapped = [...a].sort().join('') === [...b].sort().join('');
  return (swapped || a.length !== b.length) && editDistance(a, b) === 1;
}

/** The candidate that was most likely meant by `word`, or undefined when none is near (more than a third differs). */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  let found: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    // Words whose lengths differ so much are further apart than what was found.
    if (Math.abs(candidate.length - word.length) >= least) continue;
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < least) {
      least = distance;
      found = candidate;
    }
  }
  const longer = Math.max(word.length, found?.length ?? 0);
  return least <= Math.max(2, Math.ceil(longer / 3)) ? found : undefined;
}

/** ` (did you mean "kind"?)`, or nothing when no other candidate is near: what was written is never what was meant. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const others = [...candidates].filter((candidate) => candidate !== word);
  const meant = nearest(word, others);
  return meant === undefined ? '' : ` (did you mean "${meant}"?)`;
}
