import { hash } from 'node:crypto';
import type { Random } from '@plumbline/kit';

/** Chooses by weight: what it returns picks one of the items, each as often as its weight says. */
export function weighted<Item>(
  items: readonly Item[],
  weight: (item: Item) => number,
): (random: Random) => Item {
  const sums: number[] = [];
  let sum = 0;
  for (const item of items) {
    sum += weight(item);
    sums.push(sum);
  }
  return (random) => {
    const wanted = random() * sum;
    let [low, high] = [0, sums.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] as number) > wanted) high = middle;
      else low = middle + 1;
    }
    return items[low] as Item;
  };
}

/** A waiting time by its mean, as between things that happen by themselves. */
export const exponential = (random: Random, mean: number): number => -Math.log(1 - random()) * mean;

/** A UUID that follows from a text alone: version 8 of RFC 9562, made of its SHA-256. */
export function uuidOf(text: string): string {
  const hex = hash('sha256', text, 'hex');
  const variant = '89ab'[Number.parseInt(hex[16] as string, 16) & 3];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
