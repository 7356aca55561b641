import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { createLog } from '../../../apps/kit/index.ts';
import { sql as api } from '../../../apps/preempt/api/sql/index.ts';
import { readConfiguration } from '../../../apps/preempt/configuration.ts';
import { detect } from '../../../apps/preempt/detect/run.ts';
import { sql } from '../../../apps/preempt/sql/index.ts';
import { suite } from '../../harness/suite.ts';
import { root } from '../../house/repository.ts';
import { addLocation, anomaliesOf, day, hour, observe, weatherUntil } from './history.ts';
import { openPlatform, type Platform } from './platform.ts';

const test = suite('the statements of detector, trainer and api, on MySQL 8');
let platform: Platform;
let models: string;
test.before(async () => {
  platform = await openPlatform({ engine: 'mysql' });
  models = await mkdtemp(join(tmpdir(), 'models-'));
});
test.after(async () => {
  await platform?.close();
  if (models !== undefined) await rm(models, { recursive: true, force: true });
});

test('an event is told, raised, ended, and withdrawn when the source corrects it', async () => {
  const { pool } = platform;
  const now = Date.UTC(2026, 5, 1, 12);
  const configuration = await readConfiguration(join(root, 'base/preempt/config.yaml'));
  const log = createLog('test', 'silent');
  const { signal } = new AbortController();
  const run = () => detect({ pool, configuration, modelsPath: models, log, signal, now: () => now });
  const fields = await addLocation(pool, 1);
  const pressure = fields.get('surface_pressure') ?? 0;
  const all = weatherUntil(1, now + 2 * day, 70);
  await observe(
    pool,
    1,
    fields,
    all.filter(({ at }) => at <= now),
  );
  await run();
  await pool.change('DELETE FROM anomalies');
  const next = all.filter(({ at }) => at > now);
  const off = (index: number, by: number) => {
    const one = next[index];
    if (one === undefined) throw new Error('there are no more looks');
    return {
      at: one.at,
      values: { ...one.values, surface_pressure: Number((one.values.surface_pressure + by).toFixed(1)) },
    };
  };
  const told = async () => (await anomaliesOf(pool, 1)).filter((row) => row.field_id === pressure);
  await observe(pool, 1, fields, [off(0, 40)]);
  await run();
  assert.is((await told()).length, 1);
  assert.is((await run()).series, 0);
  await observe(pool, 1, fields, [off(1, -60), off(2, 0), off(3, 0), off(4, 0), off(5, 0), off(6, 0)]);
  await run();
  const [raised, ...others] = await told();
  assert.is(others.length, 0);
  assert.ok((raised?.ended_at?.getTime() ?? 0) > (next[0]?.at ?? 0));
  assert.is(raised?.peak_at.getTime(), next[1]?.at);
  const late = next[16];
  assert.ok(late !== undefined);
  await observe(pool, 1, fields, [...next.slice(7, 16), off(16, 50)]);
  await run();
  assert.is((await told()).length, 2);
  await observe(pool, 1, fields, [late, { at: late.at + hour / 4, values: late.values }]);
  await run();
  assert.match((await told())[1]?.explanation ?? '', /^Withdrawn/);
  assert.equal(
    (await told()).map(({ withdrawn }) => withdrawn),
    [0, 1],
  );
});

test('one connection at a time holds the trainers’ lock, and it ends with its connection', async () => {
  const { pool } = platform;
  const held = async (text: string, session: { query: Platform['pool']['query'] }) =>
    Number((await session.query<{ held: number | null }>(text))[0]?.held) === 1;
  await pool.use(async (first) => {
    assert.ok(await held(sql['take-trainer-lock'], first));
    assert.ok(await held(sql['check-trainer-lock'], first));
    await pool.use(async (second) => {
      assert.not.ok(await held(sql['take-trainer-lock'], second));
      assert.not.ok(await held(sql['check-trainer-lock'], second));
    });
    await first.query(sql['give-trainer-lock']);
  });
  await pool.use(async (third) => {
    assert.ok(await held(sql['take-trainer-lock'], third));
    await third.query(sql['give-trainer-lock']);
  });
});

test('an alert that was withdrawn and is told again is not withdrawn', async () => {
  const { pool } = platform;
  const at = new Date('2026-06-01T12:00:00Z');
  const told = ['minor', 7, at, 1, 2, 3, 4, 'again', 'test'];
  const write = () => pool.change(sql['write-event'], [[[2, 1, at, null, ...told]]]);
  const one = async () => (await anomaliesOf(pool, 2))[0];
  await write();
  const id = (await one())?.id ?? 0;
  for (const again of [write, () => pool.change(sql['raise-event'], [...told, id])]) {
    await pool.change(sql['withdraw-event'], [id]);
    assert.is((await one())?.withdrawn, 1);
    await again();
    assert.is((await one())?.withdrawn, 0);
    assert.is((await one())?.explanation, 'again');
  }
  const read = await pool.query<{ withdrawn: number }>(api['anomalies-by-id'], [[id]]);
  assert.equal(
    read.map(({ withdrawn }) => withdrawn),
    [0],
  );
});

test('bands are written over those of the training before, and are read while they are young', async () => {
  const { pool } = platform;
  const days = (count: number) => new Date(Date.now() - count * day);
  const read = () => pool.query(api.bands, [1, 7]);
  await pool.change(sql['write-bands'], [[[1, 1, 0, 1, 0, 3, days(8)]]]);
  assert.equal(await read(), []);
  await pool.change(sql['write-bands'], [[[1, 1, 0, 1, 0, 3, days(6)]]]);
  assert.equal(await read(), [{ field: 1, usual: 1, lower: 0, upper: 3 }]);
  await pool.change(sql['write-bands'], [[[1, 1, 0, 2, 1, 4, days(0)]]]);
  assert.equal(await read(), [{ field: 1, usual: 2, lower: 1, upper: 4 }]);
});

test.run();
