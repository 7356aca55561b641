import { type Random, seeded } from '@plumbline/kit';
import { devices, type StorefrontEvent, sources } from '../event/index.ts';
import { catalogue, countries } from './catalogue.ts';
import { exponential, uuidOf, weighted } from './choose.ts';
import { burstPeak, createBursts, rhythm } from './rhythm.ts';

export interface StorefrontOptions {
  readonly seed: number;
  /** Events a second of the storefront's own clock, as the mean of a day. */
  readonly rate: number;
  /** Where the storefront's clock begins, milliseconds since 1970. */
  readonly start: number;
  /** Neither rhythm nor bursts: the rate is the same all the time. */
  readonly steady: boolean;
}

/** Something happened, at a time of the storefront's clock (milliseconds since 1970). */
export interface Happening {
  readonly at: number;
  readonly event: StorefrontEvent;
}

const customers = 20_000;
/** Milliseconds between two steps of a visitor, in the mean. */
const pause = 4000;
/** Before the start, so that the storefront is as busy at its start as later: visits last half a minute or so. */
const warmUp = 150_000;
/** Events of a visit in the mean, as the steps below make them; a test holds it. */
export const eventsOfVisit = 9.46;

const pickProduct = weighted(catalogue, ({ weight }) => weight);
const pickCountry = weighted(countries, ([, weight]) => weight);

/** Somebody who walks through the storefront. */
interface Visit {
  next: number;
  readonly step: (at: number) => StorefrontEvent | undefined;
}

/**
 * What happens in a storefront, in the order of its clock and without an end: visits begin by the rhythm of the day, and
 * each is a session, views, carts, and now and then a purchase. The same seed and start give the same events.
 */
export function* storefront({ seed, rate, start, steady }: StorefrontOptions): Generator<Happening> {
  const random = seeded(seed);
  const bursts = createBursts(seeded(seed ^ 0x5bd1e995), start);
  const highest = steady ? 1 : burstPeak * 2;
  const between = (eventsOfVisit / rate / highest) * 1000;
  const visits: Visit[] = [];
  let at = start - warmUp;
  let arrival = at + exponential(random, between);
  let count = 0;
  for (;;) {
    const first = visits[0];
    if (first === undefined || arrival < first.next) {
      at = arrival;
      arrival = at + exponential(random, between);
      // As many as at the busiest time come, and the rest of them are sent away.
      const busy = steady ? 1 : rhythm(at) * bursts.at(at);
      if (random() * highest >= busy) continue;
      push(visits, createVisit(random, `${seed}/${start}/${count}`, at));
      count += 1;
      continue;
    }
    at = first.next;
    const event = first.step(at);
    if (event === undefined) pop(visits);
    else {
      first.next = at + 1 + exponential(random, pause);
      sink(visits);
      if (at >= start) yield { at, event };
    }
  }
}

/** Steps of one visit: the session, then views with carts between, then perhaps a purchase. */
function createVisit(random: Random, name: string, begin: number): Visit {
  const session = uuidOf(`${name}/session`);
  // Regulars come more often than others.
  const customer = uuidOf(`customer/${Math.floor(random() ** 2 * customers)}`);
  const [country, , currency] = pickCountry(random);
  const cart = new Map<string, { category: string; quantity: number; priceCents: number }>();
  let steps = 0;
  let seen: ReturnType<typeof pickProduct> | undefined;
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  return {
    next: begin,
    step(at) {
      const common = {
        id: uuidOf(`${name}/${steps}`),
        occurredAt: new Date(at).toISOString(),
        ...{ session, customer },
      };
      steps += 1;
      if (steps === 1)
        return { ...common, type: 'session', country, device: pick(devices), source: pick(sources) };
      const chance = random();
      if (chance < 0.14) {
        if (cart.size === 0 || random() < 0.4) return undefined;
        const lines = [...cart].map(([product, line]) => ({ product, ...line }));
        const amountCents = lines.reduce((sum, { quantity, priceCents }) => sum + quantity * priceCents, 0);
        cart.clear();
        return {
          ...common,
          type: 'purchase',
          order: uuidOf(`${name}/order/${steps}`),
          lines,
          amountCents,
          currency,
        };
      }
      if (chance < 0.32 && seen !== undefined) {
        const { product, category, priceCents } = seen;
        const there = cart.get(product);
        const quantity = there?.quantity ?? (random() < 0.8 ? 1 : 2);
        if (there === undefined) cart.set(product, { category, quantity, priceCents });
        else cart.delete(product);
        const action = there === undefined ? 'add' : 'remove';
        return { ...common, type: 'cart', action, product, category, quantity, priceCents, currency };
      }
      seen = pickProduct(random);
      return { ...common, type: 'view', product: seen.product, category: seen.category };
    },
  };
}

/** A heap by the time of the next step: the first one is at 0. */
function push(heap: Visit[], visit: Visit): void {
  let index = heap.push(visit) - 1;
  while (index > 0) {
    const parent = (index - 1) >> 1;
    if ((heap[parent] as Visit).next <= visit.next) break;
    heap[index] = heap[parent] as Visit;
    index = parent;
  }
  heap[index] = visit;
}

function pop(heap: Visit[]): void {
  const last = heap.pop() as Visit;
  if (heap.length === 0) return;
  heap[0] = last;
  sink(heap);
}

/** Puts the first one where it belongs. */
function sink(heap: Visit[]): void {
  const visit = heap[0] as Visit;
  let index = 0;
  for (;;) {
    let child = 2 * index + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && (heap[child + 1] as Visit).next < (heap[child] as Visit).next) child += 1;
    if ((heap[child] as Visit).next >= visit.next) break;
    heap[index] = heap[child] as Visit;
    index = child;
  }
  heap[index] = visit;
}
