import { createHash, randomUUID } from 'node:crypto';
import type { Pool } from '@plumbline/kit/postgres';
import { sql } from '../../sql/index.ts';
import { Problem } from '../problems.ts';
import type { OrderRow } from './views.ts';

export interface Wanted {
  readonly items: readonly { readonly dish: number; readonly quantity: number }[];
  readonly address: string;
  readonly note: string;
  /** What the page showed: an order of another total is refused. */
  readonly expectedTotalCents?: number;
}

export interface Placed {
  readonly id: string;
  /** True when the key had its order already. */
  readonly again: boolean;
}

interface DishRow {
  readonly id: number;
  readonly restaurant: number;
  readonly name: string;
  readonly priceCents: number;
  readonly stock: number;
  readonly isOffered: boolean;
}

/** How often what was refused a moment ago may turn out to be there, before somebody is told to come again. */
const attempts = 5;

/**
 * Places an order once for a key: the key, the order, its items and what they take of the stock are one statement, judged
 * by the rows that it has locked. Nothing of it is there when it throws, and the key is free.
 * @throws Problem when it cannot be had so.
 */
export async function placeOrder(pool: Pool, account: string, key: string, wanted: Wanted): Promise<Placed> {
  const fingerprint = fingerprintOf(wanted);
  const dishes = wanted.items.map(({ dish }) => dish);
  if (new Set(dishes).size < dishes.length)
    throw new Problem('contradictory-request', 'items: a dish is there twice');
  const quantities = wanted.items.map(({ quantity }) => quantity);
  const { address, note, expectedTotalCents = null } = wanted;
  const id = randomUUID();
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const order = [id, account, key, fingerprint, address, note, dishes, quantities, expectedTotalCents];
    const placed = await pool.query(sql['place-order'], order);
    if (placed.rowCount === 1) return { id, again: false };
    // The key first: a retry of the order that took the last dish is no order of a dish that is sold out.
    const known = await orderOf(pool, account, key, fingerprint);
    if (known !== undefined) return { id: known, again: true };
    const { rows } = await pool.query<DishRow>(sql['dishes-of-order'], [dishes]);
    judgeDishes(wanted, rows);
  }
  throw new Problem('dependency-away', 'what is listed comes and goes at the moment', { retryAfter: 2 });
}

/** The order that was placed for a key before; undefined when there is none. @throws Problem when that is another one. */
export async function placedBefore(
  pool: Pool,
  account: string,
  key: string,
  wanted: Wanted,
): Promise<Placed | undefined> {
  const id = await orderOf(pool, account, key, fingerprintOf(wanted));
  return id === undefined ? undefined : { id, again: true };
}

/** The order that the key has. @throws Problem when that is another one. */
async function orderOf(pool: Pool, account: string, key: string, fingerprint: Buffer) {
  const { rows } = await pool.query<{ id: string; fingerprint: Buffer }>(sql['order-of-key'], [account, key]);
  const [known] = rows;
  if (known !== undefined && !known.fingerprint.equals(fingerprint))
    throw new Problem('key-reused', 'Idempotency-Key: it came with another order');
  return known?.id;
}

/** What the order is of and costs, by the database's rows. @throws Problem when it cannot be had so. */
export function judgeDishes(wanted: Wanted, rows: readonly DishRow[]) {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const found = wanted.items.map(({ dish, quantity }) => ({ dish, quantity, row: byId.get(dish) }));
  const missing = found.filter(({ row }) => row === undefined || !row.isOffered);
  if (missing.length > 0)
    throw new Problem('not-offered', 'what is listed is not offered now', {
      errors: missing.map(({ dish }) => ({ dish })),
    });
  const restaurants = new Set(rows.map(({ restaurant }) => restaurant));
  if (restaurants.size > 1)
    throw new Problem('contradictory-request', 'items: they are of several restaurants');
  const short = found.filter(({ quantity, row }) => (row?.stock ?? 0) < quantity);
  if (short.length > 0)
    throw new Problem('sold-out', 'there is not enough of what is listed', {
      errors: short.map(({ dish, row }) => ({ dish, left: row?.stock ?? 0 })),
    });
  const totalCents = found.reduce((sum, { quantity, row }) => sum + quantity * (row?.priceCents ?? 0), 0);
  if (wanted.expectedTotalCents !== undefined && wanted.expectedTotalCents !== totalCents)
    throw new Problem('price-changed', `it costs ${totalCents} cents now`, { errors: [{ totalCents }] });
  return { restaurant: rows[0]?.restaurant, totalCents };
}

/** Of what was asked for, in whatever order its parts came. */
function fingerprintOf({ items, address, note, expectedTotalCents }: Wanted): Buffer {
  const sorted = items.map(({ dish, quantity }) => [dish, quantity]).sort(([a = 0], [b = 0]) => a - b);
  const text = JSON.stringify([sorted, address, note, expectedTotalCents ?? null]);
  return createHash('sha256').update(text).digest();
}

/** Orders by their ids, as they are now. */
export async function ordersById(pool: Pool, ids: readonly string[]): Promise<OrderRow[]> {
  return (await pool.query<OrderRow>(sql['orders-by-id'], [ids])).rows;
}
