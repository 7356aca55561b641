import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { createLog } from '../../../apps/kit/index.ts';
import { type Configuration, readConfiguration } from '../../../apps/preempt/configuration.ts';
import { detect } from '../../../apps/preempt/detect/run.ts';
import { fieldOf, fitSeries, usualLimits } from '../../../apps/preempt/judgement/index.ts';
import { format, lineOf, publish } from '../../../apps/preempt/models/index.ts';
import { startPreemptWorker } from '../../../trial/preempt.ts';
import { suite } from '../../harness/suite.ts';
import { root } from '../../house/repository.ts';
import { addLocation, anomaliesOf, day, hour, observe, weatherUntil } from './history.ts';
import { openPlatform, type Platform } from './platform.ts';

const test = suite('what is wrong with one place or one version stops no other');
const configuration = await readConfiguration(join(root, 'base/preempt/config.yaml'));
const now = Date.UTC(2026, 5, 1, 12);
const seen = weatherUntil(1, now + day, 60);
const until = (at: number) => seen.filter((one) => one.at <= at);
const model = fitSeries(
  fieldOf('temperature_2m'),
  until(now).map(({ at, values }) => ({ at, value: values.temperature_2m })),
  { by: 'model' },
);
let platform: Platform;
let models: string;

test.before(async () => {
  platform = await openPlatform();
});
test.after(() => platform?.close());
test.before.each(async () => {
  models = await mkdtemp(join(tmpdir(), 'models-'));
  for (const table of ['anomalies', 'judgements', 'observations', 'locations'])
    await platform.pool.change(`DELETE FROM ${table}`);
});
test.after.each(() => rm(models, { recursive: true, force: true }));

const run = (own: Configuration = configuration) =>
  detect({
    pool: platform.pool,
    configuration: own,
    modelsPath: models,
    log: createLog('test', 'silent'),
    signal: new AbortController().signal,
    now: () => now,
  });
const version = (trainedAt: number, own: Readonly<Record<number, unknown>>) => [
  lineOf('header', {
    format,
    version: 1,
    trainedAt: new Date(trainedAt).toISOString(),
    locations: Object.keys(own).length,
    limits: { temperature_2m: usualLimits('temperature_2m') },
  }),
  ...Object.entries(own).map(([location, content]) => lineOf(location, content)),
];
/** Locations whose temperature has a fault in its newest value. */
async function addFaulty(...ids: readonly number[]): Promise<void> {
  for (const id of ids) {
    const fields = await addLocation(platform.pool, id);
    const own = until(now).map(({ at, values }) => ({
      at,
      values: { temperature_2m: values.temperature_2m },
    }));
    await observe(platform.pool, id, fields, [
      ...own.filter(({ at }) => at < now),
      { at: now, values: { temperature_2m: 70 } },
    ]);
  }
}
const judgedBy = async (id: number) =>
  (await anomaliesOf(platform.pool, id)).filter(({ value }) => value === 70)[0]?.judged_by;

test('a model of another shape under a right checksum is broken: its place is judged by statistics, others by theirs', async () => {
  await addFaulty(1, 2, 3);
  const good = { temperature_2m: model };
  await publish(models, 1, version(now, { 1: good, 2: { temperature_2m: { curve: null } }, 3: good }));
  const { failed, series } = await run();
  assert.is(failed, 0);
  assert.is(series, 3);
  assert.equal(
    [await judgedBy(1), await judgedBy(2), await judgedBy(3)],
    ['model 1', 'statistics: its model is broken', 'model 1'],
  );
});

test('a place that cannot be judged is named, the others are judged, and the run ends with 1', async () => {
  const { pool, trial } = platform;
  await addFaulty(1, 2, 3);
  // What the run moves the second place to is refused, whatever comes.
  const bound = new Date(now - 2 * hour).toISOString().replace('T', ' ').slice(0, 19);
  await pool.change(
    `ALTER TABLE judgements ADD CONSTRAINT refused CHECK (location_id <> 2 OR judged_until < '${bound}')`,
  );
  try {
    const detector = await startPreemptWorker(trial, {
      workload: 'CronJob/detector',
      label: 'refused',
      folders: { models },
    });
    await detector.ended;
    assert.is(detector.state()?.status, 1, detector.log());
    assert.match(detector.log(), /"location":2,.*cannot be judged/);
    assert.match(detector.log(), /"failed":1/);
    assert.ok((await judgedBy(1)) !== undefined);
    assert.is(await judgedBy(2), undefined);
    assert.ok((await judgedBy(3)) !== undefined);
  } finally {
    await pool.change('ALTER TABLE judgements DROP CONSTRAINT refused');
  }
  assert.is((await run()).failed, 0);
  assert.ok((await judgedBy(2)) !== undefined);
});

test('a version of eight days ago judges nothing: the statistics do, and say since when', async () => {
  await addFaulty(1);
  await publish(models, 1, version(now - 8 * day, { 1: { temperature_2m: model } }));
  await run();
  assert.is(await judgedBy(1), 'statistics: the newest model is of 2026-05-24');
});

test('a value between the two thresholds keeps an event open, and one below the lower ends it', async () => {
  const { pool } = platform;
  const told = async () => (await anomaliesOf(pool, 1)).filter(({ value }) => value === 70);
  await addFaulty(1);
  // Every value is above so low a threshold, and none but the fault above the other.
  const between = { ...configuration, detector: { ...configuration.detector, clearAt: 1e-9 } };
  await run(between);
  assert.is((await told())[0]?.ended_at, null);
  const fields = await addLocation(pool, 1);
  const next = seen
    .filter(({ at }) => at > now)
    .map(({ at, values }) => ({ at, values: { temperature_2m: values.temperature_2m } }));
  await observe(pool, 1, fields, next.slice(0, 5));
  await run(between);
  assert.is((await told()).length, 1);
  assert.is((await told())[0]?.ended_at, null);
  const open = await pool.query<{ open: number | null }>('SELECT open_anomaly AS open FROM judgements');
  assert.is(open[0]?.open, (await told())[0]?.id);
  await observe(pool, 1, fields, next.slice(5));
  await run();
  assert.ok(((await told())[0]?.ended_at?.getTime() ?? 0) > now);
});

test.run();
