import { startGuests } from '../../../trial/feastflow-guests.ts';
import { startFeastflowPods } from '../../../trial/feastflow-pods.ts';
import { renderSystem } from '../../../trial/overlay/system.ts';
import { openTrial } from '../../../trial/trial.ts';
import { until } from '../../../trial/until.ts';
import type { BenchOptions } from '../../bench.ts';
import { root } from '../../lib/root.ts';
import { repositoryTools } from '../../lib/tools.ts';
import type { Part } from '../part.ts';
import { openBenchShop } from './shop.ts';

const guests = 16;

/** Replaces the overlay's backends behind a proxy while guests look and order, and counts what failed. */
export async function benchRollingRestart({ say }: BenchOptions): Promise<Part> {
  const tools = await repositoryTools(say);
  const trial = await openTrial(await renderSystem(root, tools.kustomize, 'kind', 'feastflow'), { say });
  try {
    const { menus, tokens, database } = await openBenchShop(trial, guests);
    const [menu] = menus;
    if (menu === undefined) throw new Error('there is no menu');
    const pods = await startFeastflowPods(trial, { env: { ORDER_RATE_PER_MINUTE: '1000000' } });
    const { slug, first, count } = menu;
    const dishes = Array.from({ length: count }, (_, index) => first + index);
    const load = startGuests({ url: pods.url, tokens, dishes, slug });
    await until(() => load.answered() > 100, { deadline: 60_000, what: 'the first answers' });
    say('replacing the backends, one at a time');
    const begin = performance.now();
    await pods.restart();
    const took = (performance.now() - begin) / 1000;
    const { requests, failures, orders } = await load.leave();
    const { rows } = await database.query<{ stored: number }>(
      'SELECT count(*)::integer AS stored FROM order_keys k JOIN orders o ON o.id = k.order_id WHERE k.key = ANY($1)',
      [[...orders.keys()]],
    );
    const lost = orders.size - (rows[0]?.stored ?? 0);
    await database.end();
    await pods.close();
    for (const failure of failures.slice(0, 5)) say(failure);
    return {
      text: `rolling restart of ${took.toFixed(0)} s under load: ${requests} requests, ${failures.length} failed; ${orders.size} orders, ${lost} lost`,
      figures: [`restart_requests=${requests}`, `failed=${failures.length}`, `lost=${lost}`],
    };
  } finally {
    await trial.close();
  }
}
