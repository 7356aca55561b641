/** demo: fills the shop with menus and accounts to look at it; `--password=TEXT` is theirs, or one that it makes up. */
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { readConfig, runWorker } from '@plumbline/kit';
import { connectPool, postgresSettings } from '@plumbline/kit/postgres';
import { openPasswords } from './backend/accounts/passwords.ts';
import { fillShop } from './demo/fill-shop.ts';
import { workerSettings } from './worker-settings.ts';

await runWorker({
  name: 'demo',
  async work(log) {
    const { values } = parseArgs({ options: { password: { type: 'string' } } });
    // One that stands in git would open every shop that was ever filled so.
    const password = values.password ?? randomBytes(12).toString('base64url');
    const config = readConfig(process.env, { ...workerSettings, ...postgresSettings });
    const pool = connectPool(config, 'demo', 1, log);
    try {
      const passwords = await openPasswords(() => {});
      const accounts = await fillShop(pool, await passwords.hash(password));
      if (accounts.length === 0) log.info('everything was there; nothing was changed');
      else log.info({ accounts, password }, 'the shop is filled: log in with these');
    } finally {
      await pool.end();
    }
  },
});
