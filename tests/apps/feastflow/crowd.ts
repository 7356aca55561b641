import { backendSettings } from '../../../apps/feastflow/backend/settings.ts';
import { readConfig } from '../../../apps/kit/index.ts';
import { podContainer } from '../../../trial/overlay/container.ts';
import { workloadOf } from '../../../trial/overlay/system.ts';
import type { Backend, Person, Shop } from './shop.ts';

/** That many people who are signed in. Hashes are slow, so a test file has one crowd, and not all log in at once. */
export async function crowdOf(shop: Shop, backend: Backend, size: number): Promise<Person[]> {
  const crowd: Person[] = [];
  while (crowd.length < size) {
    const next = Array.from({ length: Math.min(20, size - crowd.length) }, () => shop.person(backend));
    crowd.push(...(await Promise.all(next)));
  }
  return crowd;
}

/** How many statements a backend of the overlay has under way at once; further ones wait for a connection. */
export function connectionsOf({ trial: { system } }: Shop): number {
  const { env } = podContainer(system, workloadOf(system, 'Deployment', 'feastflow-backend'));
  return readConfig(Object.fromEntries(env), backendSettings).poolSize;
}

/** The database's processes of backends that wait for somebody's lock. */
export async function waitingOrders({ query }: Shop): Promise<number[]> {
  const rows = await query<{ pid: number }>(
    `SELECT pid FROM pg_stat_activity WHERE application_name = 'feastflow-backend' AND wait_event_type = 'Lock'`,
  );
  return rows.map(({ pid }) => pid);
}

/** How many rows there are of what an order writes. */
export async function rowsOf({ query }: Shop) {
  const [counts] = await query<{ orders: number; items: number; keys: number; changes: number }>(
    `SELECT (SELECT count(*) FROM orders)::int AS orders, (SELECT count(*) FROM order_items)::int AS items,
       (SELECT count(*) FROM order_keys)::int AS keys, (SELECT count(*) FROM order_changes)::int AS changes`,
  );
  if (counts === undefined) throw new Error('no counts');
  return counts;
}
