import type { Rendered } from './render/kept.ts';
import type { RenderedObject } from './render/objects.ts';

/** What earlier checks of this process have read and found valid, so that a later one need not do it again. */
export interface Seen {
  /** Objects by the digest of their text. */
  readonly objects: Map<string, RenderedObject>;
  /** Digests of those that fit their schemas. */
  readonly valid: Set<string>;
}

/** Nothing seen yet: for checks of one process that have much in common, as the two sides of a difference have. */
export function newSeen(): Seen {
  return { objects: new Map(), valid: new Set() };
}

/** Notes a render that schemas have judged. */
export function note(seen: Seen, { objects, errors }: Rendered): void {
  for (const object of objects) {
    if (seen.objects.has(object.digest)) continue;
    seen.objects.set(object.digest, object);
    if (errors[object.digest] === undefined) seen.valid.add(object.digest);
  }
}
