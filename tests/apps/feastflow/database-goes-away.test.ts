import { randomUUID } from 'node:crypto';
import * as assert from 'uvu/assert';
import { listen } from '../../../trial/feastflow-live.ts';
import { until } from '../../../trial/until.ts';
import { suite } from '../../harness/suite.ts';
import { ask, type Backend, openShop, order, problemOf, type Shop } from './shop.ts';

interface Context {
  shop: Shop;
  backend: Backend;
}

const test = suite<Context>('the database goes away, and comes back');
test.before(async (context) => {
  context.shop = await openShop();
  context.backend = await context.shop.startBackend();
});
test.after(({ shop }) => shop?.close());

test('a backend without its database lives, is not ready, says so, and goes on by itself', async ({
  shop,
  backend,
}) => {
  const guest = await shop.person(backend);
  const dish = await shop.dish({ stock: 3 });
  const key = randomUUID();
  const { body } = await order(backend, guest, [dish]);
  const path = `/api/orders/${body.id}/events`;
  let table = await listen(backend, guest, path);
  let hasEnded = false;
  void table.ended.then(() => {
    hasEnded = true;
  });
  const shown = () => table.events.filter(({ event }) => event === 'orders').length;
  await until(() => shown() > 0, { deadline: 30_000, what: 'the order on the stream' });
  const server = shop.services.postgres.server();
  server.signal('SIGKILL');
  await server.ended;
  const status = async (path: string) => (await fetch(`${backend.url}${path}`)).status;
  const shownBefore = shown();
  assert.equal([await status('/health'), await status('/ready')], [200, 503]);
  const refused = await order(backend, guest, [dish], key);
  assert.equal(
    [refused.status, problemOf(refused), refused.headers.get('retry-after')],
    [503, 'dependency-away', '2'],
  );
  await shop.services.postgres.startServer();
  await until(async () => (await status('/ready')) === 200, {
    deadline: 60_000,
    what: 'a backend that is ready',
  });
  assert.is((await order(backend, guest, [dish], key)).status, 201);
  assert.is(await shop.stockOf(dish), 1);
  // Its connection broke as well: everything is shown anew, or the stream ends and its client comes again; what changes
  // then is told.
  await until(() => hasEnded || shown() > shownBefore, { deadline: 30_000, what: 'everything anew' });
  if (hasEnded) table = await listen(backend, guest, path);
  await ask(backend, 'POST', `/api/orders/${body.id}/status`, {
    token: guest.token,
    body: { status: 'cancelled' },
  });
  await until(() => table.events.at(-1)?.data.status === 'cancelled', {
    deadline: 30_000,
    what: 'the change',
  });
  table.leave();
  // It ends in peace: PostgreSQL, which now started after it, would be stopped first, and wait for its connections.
  backend.worker.signal('SIGTERM');
  assert.equal(await backend.worker.ended, { status: 0, signal: null });
});

test.run();
