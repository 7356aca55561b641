import { randomUUID } from 'node:crypto';
import { table } from '@plumbline/validators';
import { prefixQuery } from '../../../apps/feastflow/backend/search-words.ts';
import { backendSettings } from '../../../apps/feastflow/backend/settings.ts';
import { renderSystem, workloadOf } from '../../../trial/overlay/system.ts';
import { openTrial, type Trial } from '../../../trial/trial.ts';
import type { BenchOptions } from '../../bench.ts';
import { median } from '../../lib/median.ts';
import { root } from '../../lib/root.ts';
import { repositoryTools } from '../../lib/tools.ts';
import { paired } from '../paired.ts';
import type { Part } from '../part.ts';
import { cpuSeconds } from '../worker-costs.ts';
import { type Ask, closedLoop, type Measured } from './closed-loop.ts';
import { orderScript, pgbench, type Script, statement } from './pgbench.ts';
import { type BenchShop, openBenchShop, startBackends } from './shop.ts';

/** Whoever orders differs from one order to the next. */
const guests = 500;
const seconds = 8;
/** What guests type. */
const words = ['noodle', 'pizza', 'chilli', 'basil'];

/**
 * Browsing and ordering through the overlay's backends, by HTTP on connections that are kept, beside pgbench running the
 * backend's own statements on the same server over as many connections as the backends have.
 */
export async function benchRates({ rounds, say }: BenchOptions): Promise<Part> {
  const tools = await repositoryTools(say);
  const trial = await openTrial(await renderSystem(root, tools.kustomize, 'kind', 'feastflow'), { say });
  try {
    const shop = await openBenchShop(trial, guests);
    const clients = poolOf(trial);
    const beside = (scripts: readonly Script[]) => pgbench(trial, shop, { scripts, clients, seconds });
    const orderScripts = shop.menus.map((menu) => orderScript(menu, guests, 1_000_000));
    // A shop that has orders: connections that plan their statements while tables are empty keep plans for empty tables.
    await beside(orderScripts);
    await shop.database.query('VACUUM ANALYZE');
    const backends = await startBackends(trial);
    const urls = backends.map(({ url }) => url);
    const through = (ask: (index: number) => Ask) => closedLoop({ urls, clients, seconds, ask });
    const browseScripts = browseScriptsOf(shop);
    const ways = {
      browse: () => through(browseOf(shop)),
      'browse pgbench': () => beside(browseScripts),
      order: () => through(orderOf(shop)),
      'order pgbench': () => beside(orderScripts),
    };
    const found = new Map<string, Measured[]>(Object.keys(ways).map((name) => [name, []]));
    let [cpu, orders] = [0, 0];
    for (let round = 0; round <= rounds; round += 1) {
      const said: string[] = [];
      for (const [name, way] of Object.entries(ways)) {
        await shop.database.query('CHECKPOINT').catch(() => {});
        const before = backends.reduce((sum, { worker }) => sum + cpuSeconds(worker), 0);
        const stored = await ordersIn(shop);
        const measured = await way();
        if (measured.failed > 0) throw new Error(`${name}: ${measured.failed} failed`);
        const added = (await ordersIn(shop)) - stored;
        const expected = name.startsWith('order') ? measured.answers : 0;
        if (added !== expected) throw new Error(`${name}: ${expected} answers, ${added} orders`);
        said.push(`${name} ${Math.round(measured.rate)}/s`);
        if (round === 0) continue;
        found.get(name)?.push(measured);
        if (name !== 'order') continue;
        cpu += backends.reduce((sum, { worker }) => sum + cpuSeconds(worker), 0) - before;
        orders += measured.answers;
      }
      say(`round ${round} of ${rounds}${round === 0 ? ', to warm up' : ''}: ${said.join(', ')}`);
    }
    await shop.database.end();
    return report(found, clients, (cpu / orders) * 1000);
  } finally {
    await trial.close();
  }
}

/** The connections of all backends, as the overlay configures them, which a test holds to what the code says. */
function poolOf(trial: Trial): number {
  const { replicas } = workloadOf(trial.system, 'Deployment', 'feastflow-backend');
  return replicas.min * (backendSettings.poolSize.fallback ?? 1);
}

async function ordersIn({ database }: BenchShop): Promise<number> {
  const { rows } = await database.query<{ count: number }>('SELECT count(*)::integer AS count FROM orders');
  return rows[0]?.count ?? 0;
}

/** Of ten: the restaurants twice, a menu six times, a search twice. */
function browseOf({ menus }: BenchShop): (index: number) => Ask {
  return (index) => {
    const ask = index % 10;
    const turn = Math.floor(index / 10);
    const { slug } = menus[(turn + ask) % menus.length] ?? { slug: '' };
    if (ask < 2) return { method: 'GET', path: '/api/restaurants' };
    if (ask < 8) return { method: 'GET', path: `/api/restaurants/${slug}` };
    return { method: 'GET', path: `/api/dishes?q=${words[(turn + ask) % words.length]}` };
  };
}

function browseScriptsOf({ menus }: BenchShop): Script[] {
  const each = 12;
  return [
    { weight: 2 * each, text: statement('restaurants', ["''", '100']) },
    ...menus.map(({ restaurant, slug }) => ({
      weight: (6 * each) / menus.length,
      text: statement('restaurant', [`'${slug}'`]) + statement('menu', [String(restaurant)]),
    })),
    ...words.map((word) => ({
      weight: (2 * each) / words.length,
      text: statement('find-dishes', [`'${prefixQuery(word)}'`, 'false', '100']),
    })),
  ];
}

function orderOf({ menus, tokens }: BenchShop): (index: number) => Ask {
  return () => {
    const { first, count } = menus[Math.floor(Math.random() * menus.length)] ?? { first: 0, count: 2 };
    const one = Math.floor(Math.random() * count);
    const other = (one + 1 + Math.floor(Math.random() * (count - 1))) % count;
    const items = [one, other].map((dish) => ({ dish: first + dish, quantity: 1 }));
    return {
      method: 'POST',
      path: '/api/orders',
      headers: {
        authorization: `Bearer ${tokens[Math.floor(Math.random() * tokens.length)]}`,
        'content-type': 'application/json',
        'idempotency-key': randomUUID(),
      },
      body: JSON.stringify({ items, address: '1 Main Street' }),
    };
  };
}

function report(found: ReadonlyMap<string, readonly Measured[]>, clients: number, cpu: number): Part {
  const of = (name: string, key: 'rate' | 'p50' | 'p99') =>
    median((found.get(name) ?? []).map((measured) => measured[key]));
  const rates = (name: string) => (found.get(name) ?? []).map(({ rate }) => rate);
  const beside = (name: string) => paired(rates(name), rates(`${name} pgbench`));
  const rows = [...found.keys()].map((name) => [
    name,
    String(Math.round(of(name, 'rate'))),
    of(name, 'p50').toFixed(1),
    of(name, 'p99').toFixed(1),
    name.endsWith('pgbench') ? '1.00' : beside(name).told,
  ]);
  const head = [`${clients} connections`, 'a second', 'p50 ms', 'p99 ms', 'ratio'];
  const figures = ['browse', 'order'].flatMap((name) => [
    `${name}=${beside(name).ratio.toFixed(2)}`,
    `${name}_rps=${Math.round(of(name, 'rate'))}`,
    `${name}_p50_ms=${of(name, 'p50').toFixed(1)}`,
    `${name}_p99_ms=${of(name, 'p99').toFixed(1)}`,
    `${name}_limit_rps=${Math.round(of(`${name} pgbench`, 'rate'))}`,
  ]);
  return {
    text: table([head, ...rows], [1, 2, 3, 4]).join('\n'),
    figures: [...figures, `order_cpu_ms=${cpu.toFixed(2)}`],
  };
}
