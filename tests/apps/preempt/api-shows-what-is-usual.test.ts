import * as assert from 'uvu/assert';
import { modelDays } from '../../../apps/preempt/models/index.ts';
import { sql } from '../../../apps/preempt/sql/index.ts';
import { until } from '../../../trial/until.ts';
import { suite } from '../../harness/suite.ts';
import { before, hour, now, openRig, type Rig } from './api-rig.ts';
import { type Api, get } from './api-server.ts';
import type { Platform } from './platform.ts';

const test = suite<Rig>('what was measured, and what is usual');
test.before(async (context) => {
  Object.assign(context, await openRig());
});
test.after(({ platform }) => platform?.close());

test('observations are given as they are where they are few, and with their extremes where they are many', async ({
  api,
}) => {
  const base = `/api/locations/5/observations?field=temperature_2m&to=${now.toISOString()}`;
  const all = await get(api, `${base}&from=${before(20 * 24).toISOString()}&points=2000`);
  assert.is(all.body.bucketSeconds, null);
  assert.is(all.body.observations.length, 239);
  const few = await get(api, `${base}&from=${before(20 * 24).toISOString()}&points=50`);
  assert.ok(few.body.observations.length <= 50, String(few.body.observations.length));
  assert.is(few.body.bucketSeconds, 43_200);
  const values = all.body.observations.map(({ mean }: { mean: number }) => mean);
  const least = Math.min(...few.body.observations.map(({ min }: { min: number }) => min));
  const most = Math.max(...few.body.observations.map(({ max }: { max: number }) => max));
  assert.equal([least, most], [Math.min(...values), Math.max(...values)]);
  const samples = few.body.observations.reduce(
    (sum: number, one: { samples: number }) => sum + one.samples,
    0,
  );
  assert.is(samples, 239);
  for (const { at } of few.body.observations) assert.is(Date.parse(at) % 43_200_000, 0, at);
});

test('the band holds most of what was usual, and is there over the whole range', async ({ api }) => {
  const { body } = await get(
    api,
    `/api/locations/5/observations?field=temperature_2m&from=${before(72).toISOString()}&to=${now.toISOString()}`,
  );
  assert.ok(Date.parse(body.band[0].at) <= Date.parse(body.from));
  assert.ok(Date.parse(body.band.at(-1).at) >= Date.parse(body.to));
  const inside = body.observations.filter(({ at, mean }: { at: string; mean: number }) => {
    const near = body.band.reduce((best: { at: string }, one: { at: string }) =>
      Math.abs(Date.parse(one.at) - Date.parse(at)) < Math.abs(Date.parse(best.at) - Date.parse(at))
        ? one
        : best,
    );
    return mean >= near.lower && mean <= near.upper;
  });
  assert.ok(
    inside.length >= body.observations.length * 0.9,
    `${inside.length} of ${body.observations.length}`,
  );
  const none = await get(
    api,
    `/api/locations/5/observations?field=temperature_2m&from=2001-01-01T00:00:00Z&to=2001-01-08T00:00:00Z`,
  );
  assert.equal([none.status, none.body.band, none.body.observations], [200, [], []]);
});

/** Puts a band in as the trainer does: 10 to 17 through the day, 5 to each side. */
const train = ({ pool }: Platform, location: number, trainedAt: Date) =>
  pool.change(sql['write-bands'], [
    Array.from({ length: 8 }, (_, part) => [location, 1, part, 10 + part, 5 + part, 15 + part, trainedAt]),
  ]);
const bandOf = async (api: Api, location: number, from: Date, to: Date): Promise<Band> => {
  const path = `/api/locations/${location}/observations?field=temperature_2m`;
  return (await get(api, `${path}&from=${from.toISOString()}&to=${to.toISOString()}`)).body.band;
};
type Band = readonly {
  readonly at: string;
  readonly expected: number;
  readonly lower: number;
  readonly upper: number;
}[];

test('what the trainer wrote is the band, as far back as its season, for two months at most', async ({
  api,
  platform,
}) => {
  await train(platform, 6, before(6 * 24));
  const days = (count: number) => before(count * 24);
  for (const [from, to, trained] of [
    [days(7), now, true],
    [days(36), days(29), true],
    [days(38), days(31), false],
    [days(62), now, true],
    [new Date(days(62).getTime() - 1000), now, false],
  ] as const) {
    const band = await bandOf(api, 6, from, to);
    assert.is(band.length > 0, trained, `${from.toISOString()} to ${to.toISOString()}`);
    for (const { at, expected, lower, upper } of band) {
      const part = Math.floor(new Date(at).getUTCHours() / 3);
      assert.equal([expected, lower, upper], [10 + part, 5 + part, 15 + part]);
    }
  }
});

test('what a trainer wrote that has stopped is used as long as its models are, and no longer', async ({
  api,
  platform,
}) => {
  const usual = (band: Band) => band.every(({ lower, upper }) => upper - lower === 10);
  await train(platform, 8, before(modelDays * 24 - 1));
  await train(platform, 9, before(modelDays * 24 + 1));
  assert.ok(usual(await bandOf(api, 8, before(72), now)));
  const old = await bandOf(api, 9, before(72), now);
  assert.ok(old.length > 0, 'the four weeks before give one');
  assert.not.ok(usual(old));
  // Another training with the same outcome: the rows are as young as it.
  await train(platform, 9, now);
  const path = 'SELECT COUNT(*) AS young FROM bands WHERE location_id = 9 AND trained_at = ?';
  assert.equal(await platform.pool.query(path, [now]), [{ young: 8 }]);
});

test('without a trainer, all of the last four weeks make the band, and Redis keeps it a quarter of an hour', async ({
  api,
  platform: { pool, redis },
}) => {
  // 0 for ten days, 20 for ten, 40 for eight: the newest or the oldest alone are none of what is usual.
  await pool.change('DELETE FROM observations WHERE location_id = 10 AND field_id = 1');
  const rows = Array.from({ length: 28 * 96 }, (_, index) => [
    ...[10, 1, before(index / 4), index < 8 * 96 ? 40 : index < 18 * 96 ? 20 : 0, now],
  ]);
  await pool.change(
    'INSERT INTO observations (location_id, field_id, observed_at, value, collected_at) VALUES ?',
    [rows],
  );
  const band = await bandOf(api, 10, before(72), now);
  assert.ok(band.length > 0);
  for (const { expected } of band) assert.is(expected, 20);
  const key = `api:profile:1:10:1:${Math.ceil(now.getTime() / hour)}`;
  const seconds = await until(
    async () => {
      const left = await redis.send<number>(['TTL', key]);
      // -2: not there.
      return left === -2 ? undefined : left;
    },
    { deadline: 60_000, what: key },
  );
  assert.ok(seconds > 0 && seconds <= 900, `${seconds} s`);
});

test.run();
