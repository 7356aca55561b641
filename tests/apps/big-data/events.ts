import type { StorefrontEvent } from '../../../apps/big-data/event/index.ts';
import { storefront } from '../../../apps/big-data/generator/storefront.ts';

/** Events of a storefront, in their order, all of the last hour; another seed, other events. */
export function someEvents(count: number, seed: number): StorefrontEvent[] {
  const found: StorefrontEvent[] = [];
  const start = Date.now() - 3_600_000;
  for (const { event } of storefront({ seed, rate: count / 60, start, steady: true })) {
    found.push(event);
    if (found.length === count) break;
  }
  return found;
}

export const toNdjson = (events: readonly unknown[]): string =>
  events.map((event) => `${typeof event === 'string' ? event : JSON.stringify(event)}\n`).join('');
