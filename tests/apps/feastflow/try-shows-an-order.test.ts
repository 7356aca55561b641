import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from '@plumbline/validators';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { root } from '../../house/repository.ts';

test('what is tried takes an order from the menu to the door, says so, and leaves nothing', async () => {
  const script = join(root, 'scripts/try.ts');
  const args = [
    '--disable-warning=ExperimentalWarning',
    script,
    'feastflow',
    '--processes',
    '--seconds',
    '4',
  ];
  const { status, stderr } = await run(process.execPath, args, { deadline: 400_000 });
  assert.is(status, 0, stderr);
  const orders = [
    ...stderr.matchAll(/^order (\d+), .+: accepted, preparing, ready, on-the-way, delivered;/gm),
  ];
  assert.ok(orders.length >= 2, stderr);
  assert.equal(
    orders.map(([, number]) => Number(number)),
    orders.map((_, index) => index + 1),
  );
  const backends = [...stderr.matchAll(/^backend-\d+ +(http:\S+)\/api\/docs,/gm)].map(([, url]) => `${url}`);
  assert.is(new Set(backends).size, 2);
  const [, shop = ''] = /^the shop +(http:\S+), and/m.exec(stderr) ?? [];
  const urls = [...backends, shop];
  for (const url of urls) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(5000) }).catch(() => undefined);
    assert.is(answer, undefined, `${url} still answers`);
  }
  const folder = dirname(/^logs +(\S+)$/m.exec(stderr)?.[1] ?? '/');
  assert.match(folder, /trial-/);
  assert.not(existsSync(folder));
});

test.run();
