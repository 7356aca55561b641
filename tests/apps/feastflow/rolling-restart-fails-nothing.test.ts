import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { startGuests } from '../../../trial/feastflow-guests.ts';
import { type FeastflowPodsOptions, podLife, startFeastflowPods } from '../../../trial/feastflow-pods.ts';
import { until } from '../../../trial/until.ts';
import { openShop, type Shop } from './shop.ts';

let shop: Shop;
let tokens: string[];
let dishes: number[];

test.before(async () => {
  shop = await openShop();
  const backend = await shop.startBackend();
  const people = await Promise.all(Array.from({ length: 8 }, () => shop.person(backend)));
  tokens = people.map(({ token }) => token);
  dishes = await Promise.all(Array.from({ length: 4 }, () => shop.dish({ stock: 1_000_000 })));
  await backend.worker.stop();
});
test.after(() => shop?.close());

/** Replaces all backends while guests look and order. */
async function restart(options: FeastflowPodsOptions) {
  const env = { ORDER_RATE_PER_MINUTE: '1000000', ...options.env };
  const pods = await startFeastflowPods(shop.trial, { ...options, env });
  try {
    const guests = startGuests({ url: pods.url, tokens, dishes, slug: 'casa-marina' });
    await until(() => guests.answered() > 50, { deadline: 60_000, what: 'the first answers' });
    await pods.restart();
    return await guests.leave();
  } finally {
    await pods.close();
  }
}

test('a rolling restart under load fails no request, and loses no order', async () => {
  const { requests, failures, orders } = await restart({});
  assert.equal(failures, []);
  assert.ok(requests > 200 && orders.size > 50, `${requests} requests, ${orders.size} orders`);
  const rows = await shop.query<{ key: string; order: string }>(
    'SELECT k.key, o.id AS order FROM order_keys k JOIN orders o ON o.id = k.order_id',
  );
  const stored = new Map(rows.map(({ key, order }) => [key, order]));
  assert.equal(stored, new Map(orders));
});

test('without preStop and the drain requests fail: it is they that keep it so', async () => {
  const { failures } = await restart({ life: { preStop: 0 }, env: { DRAIN_SECONDS: '0' } });
  assert.ok(failures.length > 0);
});

test('what a pod is given to go is what the manifest says', () => {
  const { preStop, grace, minReady, probePeriod } = podLife(shop.trial);
  assert.ok(preStop >= 5 && grace > preStop && minReady > 0 && probePeriod > 0);
});

test.run();
