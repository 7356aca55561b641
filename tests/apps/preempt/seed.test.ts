import * as assert from 'uvu/assert';
import { startPreemptWorker } from '../../../trial/preempt.ts';
import { finished } from '../../../trial/process/start.ts';
import { suite } from '../../harness/suite.ts';
import { openPlatform, type Platform } from './platform.ts';

const test = suite('the seed');
let platform: Platform;

test.before(async () => {
  platform = await openPlatform();
});
test.after(() => platform?.close());

test('twice, and two at a time, it puts the 892 locations in once, and forgets no collection', async () => {
  const { trial, pool } = platform;
  const seed = () => startPreemptWorker(trial, { workload: 'Job/seed' });
  const count = async (where: string) => {
    const [row] = await pool.query<{ count: number }>(`SELECT COUNT(*) AS count FROM locations ${where}`);
    return row?.count;
  };
  const killed = await seed();
  killed.signal('SIGKILL');
  await killed.ended;
  for (const job of await Promise.all([seed(), seed()])) await finished(job, 60_000);
  assert.is(await count(''), 892);
  await pool.change("UPDATE locations SET name = 'x', collected_at = '2026-01-01' WHERE country = 'DE'");
  await finished(await seed(), 60_000);
  assert.is(await count(''), 892);
  assert.is(await count("WHERE name = 'x'"), 0);
  assert.ok(((await count('WHERE collected_at IS NOT NULL')) ?? 0) > 0);
  assert.is(await count("WHERE name = 'São Paulo' OR search_name = 'sao paulo'"), 1);
});

test.run();
