/** Choices that a seed decides. */
export interface Drawing {
  /** A whole number from 0 to below the bound. */
  readonly below: (bound: number) => number;
  readonly pick: <Item>(items: readonly Item[]) => Item;
  readonly chance: (share: number) => boolean;
  /** None to so many. */
  readonly some: <Item>(most: number, make: () => Item) => Item[];
}

/**
 * The same choices for the same seed.
 * Source: Park and Miller, "Random number generators: good ones are hard to find", 1988.
 * @param seed from 1
 */
export function drawing(seed: number): Drawing {
  let state = (seed * 7919) % 2147483647;
  const random = () => {
    state = (state * 48271) % 2147483647;
    return (state - 1) / 2147483646;
  };
  // The first of near seeds are near each other.
  for (let warm = 0; warm < 10; warm += 1) random();
  const below = (bound: number) => Math.floor(random() * bound);
  return {
    below,
    pick: <Item>(items: readonly Item[]) => items[below(items.length)] as Item,
    chance: (share) => random() < share,
    some: (most, make) => Array.from({ length: below(most + 1) }, make),
  };
}
