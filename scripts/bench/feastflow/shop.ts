import { join } from 'node:path';
import pg from 'pg';
import { parseKeys } from '../../../apps/feastflow/backend/accounts/keys.ts';
import { signAccess } from '../../../apps/feastflow/backend/accounts/tokens.ts';
import { fillShop } from '../../../apps/feastflow/demo/fill-shop.ts';
import {
  type FeastflowServices,
  type RunningBackend,
  startBackend,
  startFeastflowServices,
} from '../../../trial/feastflow.ts';
import { podContainer } from '../../../trial/overlay/container.ts';
import { workloadOf } from '../../../trial/overlay/system.ts';
import type { Trial } from '../../../trial/trial.ts';

/** The dishes of a restaurant: `count` numbers from `first` on. */
export interface Dishes {
  readonly restaurant: number;
  readonly slug: string;
  readonly first: number;
  readonly count: number;
}

/** The demo's shop, with guests that are signed in and dishes that do not run out. */
export interface BenchShop {
  readonly services: FeastflowServices;
  readonly database: pg.Pool;
  readonly menus: readonly Dishes[];
  /** An access token of each guest; the n-th is of the account `md5(n)`. */
  readonly tokens: readonly string[];
}

/** Fills the database as the demo does, with so many guests beside: of each its token, since no bench of orders logs in. */
export async function openBenchShop(trial: Trial, guests: number): Promise<BenchShop> {
  const services = await startFeastflowServices(trial);
  const database = new pg.Pool({ ...services.login, max: 2 });
  database.on('error', () => {});
  await fillShop(database, 'nobody logs in with this');
  // For more orders than any round places.
  await database.query('UPDATE dishes SET stock = 1000000000');
  const { rows: accounts } = await database.query<{ id: string }>(
    `INSERT INTO accounts (id, email, name, password_hash)
     SELECT md5(n::text)::uuid, 'guest-' || n || '@example.org', 'Guest ' || n, 'none'
     FROM generate_series(1, $1::integer) n RETURNING id`,
    [guests],
  );
  const { rows: menus } = await database.query<Dishes>(
    `SELECT r.id AS restaurant, r.slug, min(d.id) AS first, count(*)::integer AS count
     FROM restaurants r JOIN dishes d ON d.restaurant_id = r.id GROUP BY r.id
     HAVING max(d.id) - min(d.id) + 1 = count(*) ORDER BY r.id`,
  );
  if (menus.length === 0) throw new Error('no restaurant has its dishes in a row');
  await database.query('VACUUM ANALYZE');
  const container = podContainer(trial.system, workloadOf(trial.system, 'Deployment', 'feastflow-backend'));
  const files = container.mounts.find((mount) => mount.kind === 'files');
  const keys = parseKeys(files?.kind === 'files' ? (files.files.get('JWT_KEYS') ?? '') : '');
  const [key] = keys;
  if (key === undefined) throw new Error('the overlay has no key');
  const ring = { signing: () => key, named: () => key, close() {} };
  const tokens = await Promise.all(
    accounts.map(({ id }) =>
      signAccess(ring, { account: id, role: 'customer', restaurant: null, session: id }, 3600),
    ),
  );
  return { services, database, menus, tokens };
}

/** As many backends as the overlay has at rest; what an account may order in a minute is counted, and never too much. */
export function startBackends(trial: Trial): Promise<RunningBackend[]> {
  const { replicas } = workloadOf(trial.system, 'Deployment', 'feastflow-backend');
  return Promise.all(
    Array.from({ length: replicas.min }, (_, index) =>
      startBackend(trial, { index, env: { ORDER_RATE_PER_MINUTE: '1000000' } }),
    ),
  );
}

/** Where pgbench is: of the server that runs, or the machine's own. */
export const pgbenchOf = ({ postgres }: FeastflowServices) =>
  postgres.bin === undefined ? 'pgbench' : join(postgres.bin, 'pgbench');
