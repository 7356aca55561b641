import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { openPasswords } from '../../../apps/feastflow/backend/accounts/passwords.ts';
import type { Role } from '../../../apps/feastflow/backend/orders/states.ts';
import { fillShop } from '../../../apps/feastflow/demo/fill-shop.ts';
import {
  type BackendOptions,
  type FeastflowServices,
  type RunningBackend,
  startBackend,
  startFeastflowServices,
} from '../../../trial/feastflow.ts';
import { renderSystem } from '../../../trial/overlay/system.ts';
import { openTrial, type Trial } from '../../../trial/trial.ts';
import { root } from '../../house/repository.ts';

/** The kustomize that the runner found. */
export const kustomize = process.env.KUSTOMIZE ?? 'kustomize';

/** A shop that runs for one test file: a real database with the demo's menus, and replicas of the backend. */
export interface Shop {
  readonly trial: Trial;
  readonly services: FeastflowServices;
  /** As the application's own login. */
  readonly query: <Row extends pg.QueryResultRow>(text: string, values?: unknown[]) => Promise<Row[]>;
  readonly startBackend: (options?: BackendOptions) => Promise<Backend>;
  /** Somebody of a role who is signed in at a backend; an account of their own. */
  readonly person: (backend: Backend, role?: Role, restaurant?: number) => Promise<Person>;
  /** A dish of a test's own. */
  readonly dish: (options?: DishOptions) => Promise<number>;
  readonly stockOf: (dish: number) => Promise<number>;
  readonly close: () => Promise<void>;
}

export interface DishOptions {
  readonly stock?: number;
  readonly cents?: number;
  readonly restaurant?: number;
}

export type Backend = RunningBackend;

export interface Person {
  readonly id: string;
  readonly email: string;
  readonly password: string;
  readonly token: string;
}

/** What everybody's password is here: hashed once, since that is made to take long. */
export const password = 'correct horse battery';

export async function openShop(): Promise<Shop> {
  const trial = await openTrial(await renderSystem(root, kustomize, 'kind', 'feastflow'), {
    say: (message) => process.stderr.write(`${message}\n`),
  });
  try {
    return await fill(trial);
  } catch (error) {
    await trial.close();
    throw error;
  }
}

async function fill(trial: Trial): Promise<Shop> {
  const services = await startFeastflowServices(trial);
  const pool = new pg.Pool({ ...services.login, max: 4 });
  pool.on('error', () => {});
  const hash = await (await openPasswords(() => {})).hash(password);
  await fillShop(pool, hash);
  let made = 0;
  let runs = 0;
  const query: Shop['query'] = async (text, values = []) => (await pool.query(text, values)).rows;
  return {
    trial,
    services,
    query,
    startBackend({ env = {}, ...options } = {}) {
      runs += 1;
      return startBackend(trial, {
        ...options,
        label: `run${runs}`,
        // Hundreds log in from this one address.
        env: { DRAIN_SECONDS: '1', LOGIN_RATE_PER_MINUTE: '10000', ...env },
      });
    },
    async person(backend, role = 'customer', restaurant) {
      made += 1;
      const email = `somebody-${made}@example.org`;
      const [row] = await query<{ id: string }>(
        'INSERT INTO accounts (email, name, password_hash, role, restaurant_id) VALUES ($1, $2, $3, $4, $5) RETURNING id',
        [email, `Somebody ${made}`, hash, role, restaurant ?? null],
      );
      const { body } = await ask(backend, 'POST', '/api/session', { body: { email, password } });
      return { id: row?.id ?? '', email, password, token: body.accessToken };
    },
    async dish({ stock = 1000, cents = 700, restaurant = 1 } = {}) {
      const [row] = await query<{ id: number }>(
        `INSERT INTO dishes (restaurant_id, section, name, description, vegetarian, price_cents, stock, search_words)
         VALUES ($1, 'Test', $2, '', true, $3, $4, '') RETURNING id`,
        [restaurant, `Dish ${randomUUID()}`, cents, stock],
      );
      return row?.id ?? 0;
    },
    async stockOf(dish) {
      const [row] = await query<{ stock: number }>('SELECT stock FROM dishes WHERE id = $1', [dish]);
      return row?.stock ?? -1;
    },
    async close() {
      await pool.end().catch(() => {});
      await trial.close();
    },
  };
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: what a test looks at, it knows
  readonly body: any;
}

export interface AskOptions {
  readonly token?: string | undefined;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** Asks a backend; a body is sent as JSON. */
export async function ask(
  { url }: Pick<Backend, 'url'>,
  method: string,
  path: string,
  { token, body, headers = {} }: AskOptions = {},
): Promise<Answer> {
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(60_000),
  });
  const text = await answer.text();
  const isJson = answer.headers.get('content-type')?.includes('json') === true;
  return { status: answer.status, headers: answer.headers, body: isJson ? JSON.parse(text) : text };
}

/** Orders one of each dish. */
export function order(
  backend: Backend,
  { token }: Pick<Person, 'token'>,
  dishes: readonly number[],
  key: string = randomUUID(),
): Promise<Answer> {
  return ask(backend, 'POST', '/api/orders', {
    token,
    headers: { 'idempotency-key': key },
    body: { items: dishes.map((dish) => ({ dish, quantity: 1 })), address: '1 Main Street' },
  });
}

/** The name of the problem that an answer is. */
export const problemOf = ({ body }: Answer): string => String(body.type).replace('/api/problems/', '');
