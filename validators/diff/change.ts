import type { Item, Path } from './path.ts';

/** A field or an element that only the newer side has. */
export interface Added {
  readonly kind: 'added';
  readonly path: Path;
  readonly after: unknown;
  /** Of an element of a keyed list: its place on the newer side. */
  readonly at?: number;
}

/** A field or an element that only the older side has. */
export interface Removed {
  readonly kind: 'removed';
  readonly path: Path;
  readonly before: unknown;
}

/** Another value. */
export interface Changed {
  readonly kind: 'changed';
  readonly path: Path;
  readonly before: unknown;
  readonly after: unknown;
  /** Both are the same amount, written in two ways. */
  readonly same?: 'quantity' | 'duration';
}

/** A list with the same elements in another order. */
export interface Order {
  readonly kind: 'order';
  readonly path: Path;
  readonly before: readonly Item[];
  readonly after: readonly Item[];
}

/** A file inside a field, compared by what it says. */
export interface Content {
  readonly kind: 'content';
  readonly path: Path;
  readonly format: 'json' | 'yaml' | 'properties';
  /** What it says otherwise; none where only comments, blanks or the order of keys are others. */
  readonly changes: readonly Change[];
  readonly before: string;
  readonly after: string;
}

/** Where and how a newer object differs from an older one. */
export type Change = Added | Removed | Changed | Order | Content;
