import type { Random } from '@plumbline/kit';
import type { Event } from './event.ts';

export { seeded } from '@plumbline/kit';

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
