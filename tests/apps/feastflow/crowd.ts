import { type Backend, openShop, type Person, type Shop } from './shop.ts';

/** A shop with two replicas of the backend, and many who are signed in. */
export interface Crowd {
  shop: Shop;
  replicas: Backend[];
  buyers: Person[];
}

/** Opens a shop for that many people, into a suite's context. */
export async function gather(context: Crowd, people: number): Promise<void> {
  context.shop = await openShop();
  context.replicas = await Promise.all([0, 1].map((index) => context.shop.startBackend({ index })));
  const [first] = context.replicas as [Backend];
  context.buyers = [];
  // Hashes are made to be slow: only so many log in at a time.
  for (let from = 0; from < people; from += 20) {
    const some = Math.min(20, people - from);
    const group = Array.from({ length: some }, () => context.shop.person(first));
    context.buyers.push(...(await Promise.all(group)));
  }
}

/** The database's processes of backends that wait for somebody's lock. */
export async function waitingOrders({ query }: Shop): Promise<number[]> {
  const rows = await query<{ pid: number }>(
    `SELECT pid FROM pg_stat_activity WHERE application_name = 'feastflow-backend' AND wait_event_type = 'Lock'`,
  );
  return rows.map(({ pid }) => pid);
}

/** How many rows there are of all that an order writes. */
export async function rowsOf({ query }: Shop) {
  const [counts] = await query<{ orders: number; items: number; keys: number; changes: number }>(
    `SELECT (SELECT count(*) FROM orders)::int AS orders, (SELECT count(*) FROM order_items)::int AS items,
       (SELECT count(*) FROM order_keys)::int AS keys, (SELECT count(*) FROM order_changes)::int AS changes`,
  );
  if (counts === undefined) throw new Error('no counts');
  return counts;
}
