import * as assert from 'uvu/assert';
import { allowedBy } from '../../../apps/preempt/collector/budget.ts';
import { type Behaviour, startOpenMeteo } from '../../../trial/services/open-meteo.ts';
import { suite } from '../../harness/suite.ts';
import { allowedNow, ample, startCollecting, withSource } from './collecting.ts';
import { openPlatform, type Platform } from './platform.ts';

const test = suite('the collector spares the source');
let platform: Platform;

test.before(async () => {
  platform = await openPlatform();
});
test.after(() => platform?.close());

const shipped = 10_000;
const busy = (after: number | undefined): Behaviour => ({
  kind: 'answer',
  status: 503,
  ...(after === undefined ? {} : { headers: { 'retry-after': String(after) } }),
  body: 'busy',
});
const limited = (window: string, headers: Readonly<Record<string, string>> = {}): Behaviour => ({
  kind: 'answer',
  status: 429,
  headers,
  body: JSON.stringify({ error: true, reason: `${window} API request limit exceeded. Please try again.` }),
});
const pausedUntil = async () => {
  const [row] = await platform.pool.query<{ until: Date }>(
    'SELECT paused_until AS `until` FROM source_pause',
  );
  return row?.until.getTime() ?? 0;
};
/** Answers some requests otherwise, and notes when each was asked. */
const noting = (asked: number[], behave: (number: number) => Behaviour | undefined) => ({
  behave({ number }: { readonly number: number }) {
    asked.push(Date.now());
    return behave(number);
  },
});
const short = { COLLECTOR_DEADLINE_SECONDS: '5' };

test('the budget is spread over the day, and a further try has a quarter of an hour more of it, within the day', () => {
  const at = (time: string, ahead?: number) => allowedBy(new Date(`2026-06-01T${time}Z`), shipped, ahead);
  assert.equal(
    ['00:00:00', '00:04:59', '00:05:00', '12:00:00', '23:54:59', '23:59:00'].map((time) => at(time)),
    [34, 34, 69, 5034, 9965, 10_000],
  );
  assert.equal([at('00:00:00', 3), at('23:50:00', 3)], [138, 10_000]);
});

test('with the shipped budget what fails is tried again, and the run after it says that the budget has nothing', () =>
  withSource({ behave: ({ number }) => (number < 3 ? busy(1) : undefined) }, async (source) => {
    // The day's last quarter of an hour has no next one.
    if (allowedBy(new Date(), shipped, 3) === shipped) return;
    const collecting = await startCollecting(platform, source, 200);
    const edit = (config: string) => config.replace(ample, `daily_budget: ${shipped}`);
    const day = new Date().toISOString().slice(0, 10);
    const spent = allowedNow(shipped) - 34;
    await platform.pool.change('INSERT INTO source_calls (day, spent) VALUES (?, ?)', [day, spent]);
    const first = await collecting.run({ edit });
    assert.is((await first.ended).status, 0, first.log());
    const collected = await collecting.collected();
    assert.ok(collected >= 34, `${collected} collected`);
    assert.is(await collecting.spent(), spent + 3 * collected);
    const second = await collecting.run({ edit });
    assert.is((await second.ended).status, 0);
    assert.match(second.log(), /the budget has nothing now/);
    assert.is(source.calls(), 3 * collected);
  }));

test('a source that wants an hour is left alone by the next runs as well, and asked when it is over', async () => {
  const asked: number[] = [];
  const options = noting(asked, (number) => (number === 1 ? busy(3600) : undefined));
  await withSource(options, async (source) => {
    const collecting = await startCollecting(platform, source, 20);
    const first = await collecting.run();
    assert.is((await first.ended).status, 1, first.log());
    const until = await pausedUntil();
    assert.ok(Math.abs(until - ((asked[0] ?? 0) + 3_600_000)) < 60_000, new Date(until).toISOString());
    for (const index of [0, 1]) {
      const next = await collecting.run({ index });
      assert.is((await next.ended).status, 4);
      assert.match(next.log(), /the source wants to be left alone/);
    }
    assert.is(asked.length, 1);
    await platform.pool.change('UPDATE source_pause SET paused_until = paused_until - INTERVAL 61 MINUTE');
    assert.is(await collecting.ended(), 0);
    assert.is(await collecting.collected(), 20);
  });
});

for (const [window, milliseconds] of [
  ['Minutely', 60_000],
  ['Hourly', 3_600_000],
  ['Daily', 86_400_000],
] as const) {
  test(`a limit that says no time (${window}) lasts until the clock's next one`, async () => {
    const asked: number[] = [];
    const options = noting(asked, (number) => (number === 1 ? limited(window) : undefined));
    await withSource(options, async (source) => {
      const collecting = await startCollecting(platform, source, 20);
      await collecting.ended({ env: short });
      const until = await pausedUntil();
      const begin = Math.floor(until / milliseconds) * milliseconds;
      assert.ok(until - begin < 2100, new Date(until).toISOString());
      assert.ok(begin > (asked[0] ?? 0) && begin - (asked[0] ?? 0) <= milliseconds + 1000);
      await collecting.ended({ env: short });
      // The run's clock is the database's, as near as a busy machine lets it be read.
      assert.equal(
        asked.slice(1).filter((time) => time < until - 1000),
        [],
      );
    });
  });
}

test('Retry-After is waited for, and without it each wait is longer than the one before', async () => {
  const asked: number[] = [];
  const options = noting(asked, (number) => (number <= 4 ? busy(number === 1 ? 4 : undefined) : undefined));
  await withSource(options, async (source) => {
    const collecting = await startCollecting(platform, source, 20);
    const edit = (config: string) =>
      config.replace('locations_per_request: 100', 'locations_per_request: 10');
    const one = (config: string) => edit(config).replace('parallel_requests: 4', 'parallel_requests: 1');
    // Four tries of the first ten, and the others get theirs.
    assert.is(await collecting.ended({ edit: one }), 3);
    assert.is(await collecting.collected(), 10);
    const gaps = asked.slice(1).map((time, index) => time - (asked[index] ?? 0));
    assert.ok((gaps[0] ?? 0) >= 3950, `${gaps}`);
    assert.ok((gaps[1] ?? 0) >= 450 && (gaps[2] ?? 0) >= 950, `${gaps}`);
  });
});

test('no more requests at a time than the configuration says', async () => {
  const source = await startOpenMeteo({ behave: () => ({ kind: 'silence' }) });
  try {
    const collecting = await startCollecting(platform, source, 350);
    const edit = (config: string) =>
      config.replace('locations_per_request: 100', 'locations_per_request: 10');
    assert.is(await collecting.ended({ edit, env: short }), 1);
    assert.is(source.parallel(), 4);
  } finally {
    await source.close();
  }
});

test('of more than ten variables each location is two calls', () =>
  withSource({ behave: () => ({ kind: 'answer', status: 401, body: '{}' }) }, async (source) => {
    const collecting = await startCollecting(platform, source, 20);
    const more = ['dew_point_2m', 'rain', 'snowfall', 'weather_code']
      .map((name) => `    - ${name}\n`)
      .join('');
    const edit = (config: string) => config.replace('    - cloud_cover\n', `    - cloud_cover\n${more}`);
    assert.is(await collecting.ended({ edit }), 1);
    assert.is(await collecting.spent(), 40);
  }));

test('a location that the source refuses costs the others nothing, and is left for a day', () => {
  const bad = new Set([3, 27].map((index) => -80 + (160 * index) / 40));
  const reason = 'No data is available for this location';
  const body = JSON.stringify({ error: true, reason });
  return withSource(
    {
      behave: ({ places }) =>
        places.some(([latitude]) => bad.has(latitude)) ? { kind: 'answer', status: 400, body } : undefined,
    },
    async (source) => {
      const collecting = await startCollecting(platform, source, 40);
      const edit = (config: string) =>
        config.replace('locations_per_request: 100', 'locations_per_request: 20');
      const first = await collecting.run({ edit });
      assert.is((await first.ended).status, 3, first.log());
      assert.is(await collecting.collected(), 38);
      assert.match(first.log(), /"id":4,.*No data.*refuses a location/);
      const refused = 'SELECT id FROM locations WHERE refused_at IS NOT NULL ORDER BY id';
      assert.equal(await platform.pool.query(refused), [{ id: 4 }, { id: 28 }]);
      const calls = source.calls();
      assert.is(await collecting.ended({ edit }), 0);
      assert.is(source.calls(), calls);
      await platform.pool.change('UPDATE locations SET refused_at = refused_at - INTERVAL 1 DAY');
      assert.is(await collecting.ended({ edit }), 1);
      assert.ok(source.calls() > calls);
    },
  );
});

test.run();
