import * as assert from 'uvu/assert';
import { createLog } from '../../../apps/kit/index.ts';
import { connectPool } from '../../../apps/kit/postgres/index.ts';
import { suite } from '../../harness/suite.ts';
import { ask, type Backend, openShop, order, type Shop } from './shop.ts';

interface Context {
  shop: Shop;
  backend: Backend;
}

const test = suite<Context>('statements that are prepared');
test.before(async (context) => {
  context.shop = await openShop();
  // One connection has seen every statement before the tables change.
  context.backend = await context.shop.startBackend({ env: { DB_POOL_SIZE: '1' } });
});
test.after(({ shop }) => shop?.close());

test('a statement with parameters is prepared once a connection, one without is not', async ({ shop }) => {
  const pool = connectPool(shop.services.login, 'test', 1, createLog('test', 'silent'), { prepares: true });
  try {
    for (const text of ['nul\0', 'other']) {
      const { rows } = await pool.query('SELECT $1::text AS text', [text]);
      assert.is(rows[0]?.text, text.replace('\0', '\ufffd'));
    }
    await pool.query('SELECT 1');
    const { rows } = await pool.query('SELECT statement FROM pg_prepared_statements');
    assert.equal(rows, [{ statement: 'SELECT $1::text AS text' }]);
  } finally {
    await pool.end();
  }
});

test('a migration that adds columns fails no statement of the version before', async ({ shop, backend }) => {
  const guest = await shop.person(backend);
  const admin = await shop.person(backend, 'admin');
  const dish = await shop.dish();
  const { body: placed } = await order(backend, guest, [dish]);
  const everything = async () => {
    const answers = [
      await ask(backend, 'GET', '/api/restaurants/casa-marina'),
      await ask(backend, 'GET', '/api/orders', { token: guest.token }),
      await ask(backend, 'GET', `/api/orders/${placed.id}`, { token: guest.token }),
      await ask(backend, 'GET', '/api/board', { token: admin.token }),
      await order(backend, guest, [dish]),
    ];
    return answers.map(({ status }) => status);
  };
  assert.equal(await everything(), [200, 200, 200, 200, 201]);
  for (const table of ['accounts', 'dishes', 'orders', 'restaurants'])
    await shop.query(`ALTER TABLE ${table} ADD COLUMN later integer NOT NULL DEFAULT 1`);
  const [view] = await shop.query<{ text: string }>("SELECT pg_get_viewdef('order_views'::regclass) AS text");
  const wider = view?.text.replace(/(i\.items)(\s+FROM)/, '$1, o.later$2') ?? '';
  assert.match(wider, 'o.later');
  await shop.query(`CREATE OR REPLACE VIEW order_views AS ${wider}`);
  assert.equal(await everything(), [200, 200, 200, 200, 201]);
});

test.run();
