import type { Event } from './event.ts';

const merchants = [
  ['Café Müller', 'restaurants', 4, 60],
  ['Corner Bakery', 'groceries', 2, 25],
  ['Green Pharmacy', 'health', 5, 90],
  ['Harbour Cinema', 'leisure', 9, 45],
  ['City Metro', 'transport', 2, 12],
  ['Nordlicht Energie', 'utilities', 40, 260],
  ['Page One Books', 'leisure', 7, 70],
  ['Smith, Jones & Daughters', 'services', 60, 900],
  ['Blue Fern Market', 'groceries', 8, 140],
  ['Wheel & Chain', 'transport', 15, 400],
] as const;
const currencies = ['EUR', 'EUR', 'EUR', 'EUR', 'USD', 'USD', 'GBP'] as const;
const accounts = 5000;

/** The state of a generator of numbers: the same seed gives the same ones. */
export type Random = () => number;

/** Numbers from 0 up to 1 by mulberry32, a generator of 32 bits of state. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A transaction of some account at some merchant, dearer ones rarer. */
export function generate(random: Random, eventId: string, at: Date): Event {
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  const [merchant, category, least, most] = pick(merchants);
  const cents = Math.round((least + (most - least) * random() ** 3) * 100);
  const account = Math.floor(random() * accounts);
  return {
    event_id: eventId,
    account_id: `acc-${String(account).padStart(5, '0')}`,
    merchant,
    category,
    amount: `${Math.trunc(cents / 100)}.${String(cents % 100).padStart(2, '0')}`,
    currency: pick(currencies),
    occurred_at: at.toISOString(),
  };
}
