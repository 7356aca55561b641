import { crc32 } from 'node:zlib';
import type { ReceivedEvent } from '../../../apps/big-data/event/index.ts';

/** A row by its columns, as text, and its time of writing in microseconds. */
export interface Row {
  readonly columns: Readonly<Record<string, string>>;
  readonly writtenAt: bigint;
}

/** The rows that each table holds, by table. */
export type Rows = Readonly<Record<string, readonly Row[]>>;

const minute = 60_000;
const hour = 60 * minute;
const lateness = 10 * minute;

const time = (milliseconds: number) => new Date(milliseconds).toISOString();
const floor = (milliseconds: number, unit: number) => Math.floor(milliseconds / unit) * unit;
const monthOf = (milliseconds: number) => `${time(milliseconds).slice(0, 7)}-01`;

/** The rows that keep the events, and those that count them: another way than Spark's, one event after the other. */
export function expectedRows(events: readonly ReceivedEvent[]): Rows {
  const spelt = events.map((event) => ({
    ...{ ...event, id: event.id.toLowerCase(), session: event.session.toLowerCase() },
  }));
  return { ...keptRows(spelt), ...countedRows(spelt) };
}

/** Whether the gateway had it too late for a window. */
export const isLate = ({ occurredAt, receivedAt }: ReceivedEvent): boolean =>
  Date.parse(receivedAt) - Date.parse(occurredAt) > lateness;

function keptRows(events: readonly ReceivedEvent[]): Rows {
  const tables = {
    sessions: new Map<string, Row>(),
    views: new Map<string, Row>(),
    carts: new Map<string, Row>(),
    purchases: new Map<string, Row>(),
  };
  for (const event of events) {
    const at = Date.parse(event.occurredAt);
    const common = {
      hour: time(floor(at, hour)),
      bucket: String(crc32(event.session) % 8),
      session_id: event.session,
      visitor_id: event.customer,
    };
    const one = { ...common, occurred_at: time(at), event_id: event.id };
    const keep = (table: Map<string, Row>, key: string, columns: Row['columns']) =>
      table.set(key, { columns, writtenAt: BigInt(at) * 1000n });
    if (event.type === 'session') {
      const { country, device, source } = event;
      const columns = { ...common, started_at: time(at), country, device, source };
      keep(tables.sessions, `${at} ${event.session}`, columns);
    } else if (event.type === 'view') {
      keep(tables.views, event.id, { ...one, product_id: event.product, category: event.category });
    } else if (event.type === 'cart') {
      const { product, action, quantity, priceCents, currency } = event;
      const numbers = { quantity: String(quantity), price_cents: String(priceCents) };
      keep(tables.carts, event.id, { ...one, product_id: product, action, ...numbers, currency });
    } else {
      const items = event.lines.reduce((sum, { quantity }) => sum + quantity, 0);
      const numbers = { items: String(items), amount_cents: String(event.amountCents) };
      keep(tables.purchases, event.id, {
        ...{ ...one, order_id: event.order, ...numbers, currency: event.currency },
      });
    }
  }
  return Object.fromEntries(Object.entries(tables).map(([name, rows]) => [name, [...rows.values()]]));
}

function countedRows(events: readonly ReceivedEvent[]): Rows {
  const once = new Map<string, ReceivedEvent>();
  for (const event of events) if (!isLate(event)) once.set(event.id, event);
  const windows = new Map<string, { events: number; sessions: Set<string>; items: number; cents: number }>();
  const products = new Map<string, { category: string; view: number; cart: number; purchase: number }>();
  for (const event of once.values()) {
    const at = Date.parse(event.occurredAt);
    const count = (series: string, key: string, items: number, cents: number) => {
      const place = JSON.stringify([series, key, floor(at, minute)]);
      const window = windows.get(place) ?? { events: 0, sessions: new Set(), items: 0, cents: 0 };
      window.events += 1;
      window.sessions.add(event.session);
      window.items += items;
      window.cents += cents;
      windows.set(place, window);
    };
    const product = (id: string, category: string, what: 'view' | 'cart' | 'purchase') => {
      const place = JSON.stringify([floor(at, hour), id]);
      const found = products.get(place) ?? { category, view: 0, cart: 0, purchase: 0 };
      found[what] += 1;
      products.set(place, found);
    };
    count('activity', event.type, 0, 0);
    if (event.type === 'view') product(event.product, event.category, 'view');
    if (event.type === 'cart' && event.action === 'add') product(event.product, event.category, 'cart');
    if (event.type !== 'purchase') continue;
    const items = event.lines.reduce((sum, { quantity }) => sum + quantity, 0);
    count('purchases', event.currency, items, event.amountCents);
    for (const line of event.lines) product(line.product, line.category, 'purchase');
  }
  const written = (begin: number, length: number, counted: number) =>
    BigInt(begin + length) * 1000n + BigInt(counted);
  const activity: Row[] = [];
  const purchases: Row[] = [];
  for (const [place, found] of windows) {
    const [series, key, begin] = JSON.parse(place) as [string, string, number];
    const when = { month: monthOf(begin), minute: time(begin) };
    const writtenAt = written(begin, minute, found.events);
    if (series === 'activity') {
      const counts = { events: String(found.events), sessions: String(found.sessions.size) };
      activity.push({ columns: { kind: key, ...when, ...counts }, writtenAt });
    } else {
      const sums = { items: String(found.items), revenue_cents: String(found.cents) };
      purchases.push({
        columns: { currency: key, ...when, orders: String(found.events), ...sums },
        writtenAt,
      });
    }
  }
  const byHour = [...products].map(([place, { category, view, cart, purchase }]) => {
    const [begin, id] = JSON.parse(place) as [number, string];
    const counts = { views: String(view), cart_adds: String(cart), purchases: String(purchase) };
    return {
      columns: { hour: time(begin), product_id: id, category, ...counts },
      writtenAt: written(begin, hour, view + cart + purchase),
    };
  });
  return { activity_by_minute: activity, purchases_by_minute: purchases, products_by_hour: byHour };
}
