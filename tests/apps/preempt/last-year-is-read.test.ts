import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { createLog } from '../../../apps/kit/index.ts';
import { readConfiguration } from '../../../apps/preempt/configuration.ts';
import { detect } from '../../../apps/preempt/detect/run.ts';
import { readHistory } from '../../../apps/preempt/read-history.ts';
import { trainAll } from '../../../apps/preempt/trainer/train-all.ts';
import { suite } from '../../harness/suite.ts';
import { root } from '../../house/repository.ts';
import { addLocation, anomaliesOf, day, hour, observe } from './history.ts';
import { openPlatform, type Platform } from './platform.ts';

const test = suite('the same season of the year before is read and judged by');
const configuration = await readConfiguration(join(root, 'base/preempt/config.yaml'));
const until = Date.UTC(2026, 5, 1);
const recentDays = configuration.trainer.historyDays;
/** 20 degrees now, and 10 in the same season a year before; another temperature between the two. */
const temperatureAt = (at: number) => {
  const days = (until - at) / day;
  if (days <= recentDays) return 20;
  return days > 320 && days < 411 ? 10 : -30;
};
let platform: Platform;
let temperature: number;

test.before(async () => {
  platform = await openPlatform();
  const fields = await addLocation(platform.pool, 1);
  temperature = fields.get('temperature_2m') ?? 0;
  const looks = Array.from({ length: 430 * 12 }, (_, index) => until - index * 2 * hour);
  const wave = (at: number) => Math.sin(at / hour) + Math.cos(at / (5 * hour));
  await observe(
    platform.pool,
    1,
    fields,
    looks.map((at) => ({
      at,
      values: { temperature_2m: Number((temperatureAt(at) + wave(at)).toFixed(1)) },
    })),
  );
});
test.after(() => platform?.close());

test('of 430 days the last ones are read, and the season a year before them', async () => {
  const { recent, season } = await readHistory(platform.pool, 1, temperature, until, recentDays * day);
  assert.ok(recent.every(({ at, value }) => at >= until - recentDays * day && value > 15));
  assert.is(recent.length, recentDays * 12 + 1);
  assert.ok(season.length >= 89 * 12 && season.length <= 90 * 12);
  assert.ok(season.every(({ value }) => value > 5 && value < 15));
});

test('a history that is longer than a year has that season in it, once', async () => {
  const { recent, season } = await readHistory(platform.pool, 1, temperature, until, 400 * day);
  assert.is(recent.length, 400 * 12 + 1);
  assert.ok(season.length > 9 * 12 && season.length < 11 * 12);
  assert.ok(season.every(({ at }) => at < (recent[0]?.at ?? 0)));
});

test('the trainer writes a band of both years, and the detector without a model expects what is of both', async () => {
  const { pool } = platform;
  const training = await trainAll({
    pool,
    fields: new Map([[temperature, 'temperature_2m']]),
    historyMilliseconds: recentDays * day,
    now: until,
    signal: new AbortController().signal,
    onSeries: () => {},
  });
  const band = training?.bands[0]?.bands[0];
  assert.ok(band !== undefined && band.lower < 10 && band.upper > 20, JSON.stringify(band));
  const fields = await addLocation(pool, 1);
  await observe(pool, 1, fields, [{ at: until + hour, values: { temperature_2m: 59 } }]);
  await detect({
    pool,
    configuration,
    modelsPath: '/nowhere',
    log: createLog('test', 'silent'),
    signal: new AbortController().signal,
    now: () => until,
  });
  const told = (await anomaliesOf(pool, 1)).find(({ value }) => value === 59);
  const [, low, high] = /usually (-?\d+\.\d) to (-?\d+\.\d)/.exec(told?.explanation ?? '') ?? [];
  assert.ok(Number(low) < 10 && Number(high) > 20, told?.explanation);
});

test.run();
