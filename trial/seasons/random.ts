/** Random numbers of some kinds; the same seed gives the same ones. */
export interface Random {
  /** From 0 up to 1. */
  readonly uniform: () => number;
  readonly between: (least: number, most: number) => number;
  /** Normal, with mean 0 and deviation 1. */
  readonly normal: () => number;
  /** Exponential, of a mean. */
  readonly exponential: (mean: number) => number;
  readonly pick: <Item>(items: readonly Item[]) => Item;
}

/** A generator of 32 bits of state (mulberry32) under some distributions; texts are seeds too. */
export function randomOf(...seeds: readonly (number | string)[]): Random {
  // FNV-1a over all that seeds it.
  let state = 0x811c9dc5;
  for (const character of seeds.join('\0')) {
    state = Math.imul(state ^ character.charCodeAt(0), 0x01000193) >>> 0;
  }
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    uniform,
    between: (least, most) => least + (most - least) * uniform(),
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    exponential: (mean) => -mean * Math.log(1 - uniform()),
    pick: (items) => items[Math.floor(uniform() * items.length)] as (typeof items)[number],
  };
}
