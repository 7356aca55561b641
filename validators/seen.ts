import type { TargetJudgement } from './judgement.ts';
import type { Rendered } from './render/kept.ts';
import type { RenderedObject } from './render/objects.ts';

/** What earlier checks of this process have read and found valid, so that a later one need not do it again. */
export interface Seen {
  /** Objects by the digest of their text. */
  readonly objects: Map<string, RenderedObject>;
  /** Digests of those that fit their schemas. */
  readonly valid: Set<string>;
  /** Renders that schemas have judged, and what rules said of them, by the keys under which the store keeps them. */
  readonly renders: Map<string, Rendered>;
  readonly judgements: Map<string, TargetJudgement>;
}

/** Nothing seen yet: for checks of one process that have much in common, as the two sides of a difference have. */
export function newSeen(): Seen {
  return { objects: new Map(), valid: new Set(), renders: new Map(), judgements: new Map() };
}

/**
 * Notes a render that schemas have judged.
 * @param key of the store; undefined where that cannot keep it.
 * @returns the render, with the very objects that were seen already where it has the same
 */
export function note(seen: Seen, key: string | undefined, rendered: Rendered): Rendered {
  const objects = rendered.objects.map((one) => {
    const before = seen.objects.get(one.digest);
    if (before !== undefined) return before;
    seen.objects.set(one.digest, one);
    if (rendered.errors[one.digest] === undefined) seen.valid.add(one.digest);
    return one;
  });
  const noted = { ...rendered, objects };
  if (key !== undefined) seen.renders.set(key, noted);
  return noted;
}
