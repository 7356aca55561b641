import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { createLog } from '../../../apps/kit/index.ts';
import { readConfiguration } from '../../../apps/preempt/configuration.ts';
import { detect } from '../../../apps/preempt/detect/run.ts';
import { startPreemptWorker } from '../../../trial/preempt.ts';
import { finished } from '../../../trial/process/start.ts';
import { until } from '../../../trial/until.ts';
import { suite } from '../../harness/suite.ts';
import { root } from '../../house/repository.ts';
import { addLocation, anomaliesOf, hour, observe, weatherUntil } from './history.ts';
import { openPlatform, type Platform } from './platform.ts';

const test = suite('the detector judges once, whatever happens to it');
const configuration = await readConfiguration(join(root, 'base/preempt/config.yaml'));
const log = createLog('test', 'silent');
/** Of the day before the newest value: on the grid of 15 minutes. */
const now = Date.UTC(2026, 5, 1, 12);
let platform: Platform;
let models: string;

test.before(async () => {
  platform = await openPlatform();
  models = await mkdtemp(join(tmpdir(), 'models-'));
});
test.after(async () => {
  await platform?.close();
  if (models !== undefined) await rm(models, { recursive: true, force: true });
});
test.before.each(async () => {
  for (const table of ['anomalies', 'judgements', 'observations'])
    await platform.pool.change(`DELETE FROM ${table}`);
});

const run = () =>
  detect({
    pool: platform.pool,
    configuration,
    modelsPath: models,
    log,
    signal: new AbortController().signal,
    now: () => now,
  });

/** A location with ten weeks of weather, judged up to its newest value; and the next looks, for a test to send. */
async function judgedLocation(id: number) {
  const { pool } = platform;
  const fields = await addLocation(pool, id);
  const all = weatherUntil(id, now + 2 * 24 * hour, 70);
  const seen = all.filter(({ at }) => at <= now);
  await observe(pool, id, fields, seen);
  await run();
  await pool.change('DELETE FROM anomalies');
  await pool.change('UPDATE judgements SET open_anomaly = NULL');
  const next = all.filter(({ at }) => at > now);
  const pressure = fields.get('surface_pressure') ?? 0;
  /** A look whose pressure is another. */
  const wrong = (index: number, by: number) => {
    const one = next[index];
    if (one === undefined) throw new Error('there are no more looks');
    return { at: one.at, values: { ...one.values, surface_pressure: one.values.surface_pressure + by } };
  };
  return {
    pool,
    fields,
    next,
    wrong,
    pressure,
    send: (...looks: typeof next) => observe(pool, id, fields, looks),
  };
}

const untilOf = async (field: number) => {
  const rows = await platform.pool.query<{ until: Date }>(
    'SELECT judged_until AS until FROM judgements WHERE field_id = ?',
    [field],
  );
  return rows[0]?.until.getTime();
};

test('an event over several values is one alert, in words, and a repeated run changes nothing', async () => {
  const { pool, next, wrong, pressure, send } = await judgedLocation(1);
  await send(wrong(0, 40));
  await run();
  const [raised, ...others] = (await anomaliesOf(pool, 1)).filter((row) => row.field_id === pressure);
  assert.is(others.length, 0);
  assert.is(raised?.ended_at, null);
  assert.match(raised?.severity ?? '', /^(?:major|severe)$/);
  assert.is(raised?.peak_at.getTime(), next[0]?.at);
  assert.match(
    raised?.explanation ?? '',
    /^Surface pressure of .+ hPa at \d\d:\d\d; at this hour and season usually .+ was expected/,
  );
  assert.match(raised?.judged_by ?? '', /^statistics: there is no model yet$/);
  const open = await pool.query<{ open: number }>(
    'SELECT open_anomaly AS open FROM judgements WHERE field_id = ?',
    [pressure],
  );
  assert.is(open[0]?.open, raised?.id);
  const before = await anomaliesOf(pool, 1);
  assert.is((await run()).series, 0);
  assert.equal(await anomaliesOf(pool, 1), before);

  await send(wrong(1, 41), wrong(2, 39));
  await run();
  await send(...next.slice(3, 8));
  await run();
  const after = (await anomaliesOf(pool, 1)).filter((row) => row.field_id === pressure);
  assert.is(after.length, 1);
  assert.is(after[0]?.started_at.getTime(), next[0]?.at);
  assert.ok((after[0]?.ended_at?.getTime() ?? 0) >= (next[3]?.at ?? 0));
});

test('a value that comes late, before the newest and within the window, is judged', async () => {
  const { pool, next, wrong, pressure, send } = await judgedLocation(2);
  const [first, second] = [wrong(0, 0), wrong(1, 0)];
  await send(first);
  await run();
  // Half an hour before what is judged already, and far off.
  const late = { at: first.at - hour / 2, values: { ...first.values, surface_pressure: 950 } };
  await send(late, second);
  await run();
  await send(...next.slice(2, 6));
  await run();
  const found = (await anomaliesOf(pool, 2)).filter((row) => row.field_id === pressure);
  assert.is(found.length, 1);
  assert.is(found[0]?.peak_at.getTime(), late.at);
});

test('an alert whose value the source corrects is withdrawn, and is not told twice', async () => {
  const { pool, next, wrong, pressure, send } = await judgedLocation(3);
  await send(wrong(0, 40));
  await run();
  assert.is((await anomaliesOf(pool, 3)).filter((row) => row.field_id === pressure).length, 1);
  const corrected = next[0];
  // The correction comes with the next look, a quarter of an hour later: within the window.
  assert.ok(corrected !== undefined);
  await send(corrected, { at: corrected.at + hour / 4, values: corrected.values });
  await run();
  const rows = (await anomaliesOf(pool, 3)).filter((row) => row.field_id === pressure);
  assert.is(rows.length, 1);
  assert.match(rows[0]?.explanation ?? '', /^Withdrawn/);
  assert.equal(rows[0]?.ended_at, rows[0]?.started_at);
  assert.is(rows[0]?.withdrawn, 1);
});

test('values however cut into runs end in the same alerts', async () => {
  const told: string[][] = [];
  for (const size of [1, 3, 30]) {
    for (const table of ['anomalies', 'judgements', 'observations'])
      await platform.pool.change(`DELETE FROM ${table}`);
    const { pool, next, send } = await judgedLocation(4);
    const looks = next.map((one, index) =>
      [4, 5, 6, 15].includes(index)
        ? { at: one.at, values: { ...one.values, surface_pressure: one.values.surface_pressure + 40 } }
        : one,
    );
    for (let from = 0; from < looks.length; from += size) {
      await send(...looks.slice(from, from + size));
      await run();
    }
    const rows = await anomaliesOf(pool, 4);
    assert.ok(rows.length >= 2);
    told.push(
      rows.map((row) => `${row.field_id} ${row.started_at.toISOString()} ${row.ended_at?.toISOString()}`),
    );
  }
  assert.equal(told[1], told[0]);
  assert.equal(told[2], told[0]);
});

test('two detectors at once tell each event once', async () => {
  const { pool, wrong, pressure, send } = await judgedLocation(5);
  await send(wrong(0, 40));
  const { trial } = platform;
  const runs = await Promise.all(
    [0, 1, 2].map((index) =>
      startPreemptWorker(trial, { workload: 'CronJob/detector', index, label: 'two', folders: { models } }),
    ),
  );
  await Promise.all(runs.map((one) => finished(one, 60_000)));
  const rows = (await anomaliesOf(pool, 5)).filter((row) => row.field_id === pressure);
  assert.is(rows.length, 1);
  const raised = runs.map((one) => Number(/"raised":(\d+)/.exec(one.log())?.[1] ?? 0));
  assert.is(
    raised.reduce((sum, count) => sum + count, 0),
    (await anomaliesOf(pool, 5)).length,
  );
});

test('a detector that is killed at any instant leaves both, how far it judged and the alert, or neither', async () => {
  const { pool, next, pressure, send } = await judgedLocation(6);
  const { trial } = platform;
  const before = await untilOf(pressure);
  let kills = 0;
  for (let index = 0; index < 6; index += 1) {
    const one = next[index];
    if (one === undefined) break;
    await send({
      at: one.at,
      values: { ...one.values, surface_pressure: one.values.surface_pressure + (index % 2 === 0 ? 40 : 0) },
    });
    const killed = await startPreemptWorker(trial, {
      workload: 'CronJob/detector',
      label: `kill${index}`,
      folders: { models },
    });
    // At another instant each time, the first ones before it has read anything.
    const wanted = index * 60;
    const begun = performance.now();
    await until(() => performance.now() - begun >= wanted || killed.state() !== undefined, {
      deadline: 60_000,
      what: 'an instant to kill at',
      every: 2,
    });
    killed.signal('SIGKILL');
    await killed.ended;
    kills += 1;
    const told = (await anomaliesOf(pool, 6)).filter((row) => row.field_id === pressure);
    if ((await untilOf(pressure)) === before) assert.is(told.length, 0);
  }
  await run();
  const rows = (await anomaliesOf(pool, 6)).filter((row) => row.field_id === pressure);
  assert.is(kills, 6);
  assert.is(rows.length, 1, 'one event over all of them');
  assert.is(rows[0]?.started_at.getTime(), next[0]?.at);
});

test.run();
