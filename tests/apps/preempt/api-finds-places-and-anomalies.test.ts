import * as assert from 'uvu/assert';
import { sql as detector } from '../../../apps/preempt/sql/index.ts';
import { makeAnomaly } from '../../../trial/preempt-weather.ts';
import { until } from '../../../trial/until.ts';
import { suite } from '../../harness/suite.ts';
import { before, names, now, openRig, type Rig } from './api-rig.ts';
import { type Answer, get, listen } from './api-server.ts';

const test = suite<Rig>('places and anomalies are found');
test.before(async (context) => {
  Object.assign(context, await openRig());
});
test.after(({ platform }) => platform?.close());

test('a location is found by the beginnings of its words, without case and marks', async ({ api }) => {
  for (const q of ['sao', 'SÃO PAU', 'paulo s', 'paulo']) {
    const found = await get(api, `/api/locations?q=${encodeURIComponent(q)}`);
    assert.ok(names(found).includes('São Paulo'), q);
  }
  assert.equal(names(await get(api, '/api/locations?q=etienne')), ['Saint-Étienne']);
  for (const q of ['aulo', '東京', 'sao x']) {
    assert.equal(names(await get(api, `/api/locations?q=${encodeURIComponent(q)}`)), [], q);
  }
});

test('locations are chosen by country, by the severity of what lasts, and by a box over the date line', async ({
  api,
}) => {
  assert.equal(names(await get(api, '/api/locations?country=fr')), ['Saint-Étienne']);
  assert.equal(names(await get(api, '/api/locations?severity=severe,major')), ['São Paulo']);
  assert.equal(names(await get(api, '/api/locations?severity=minor')), []);
  const pacific = await get(api, '/api/locations?bbox=177,-20,-177,-10&limit=1000');
  assert.ok(names(pacific).includes('Suva'));
  assert.not.ok(names(pacific).includes('São Paulo'));
});

for (const sort of ['name', 'population']) {
  test(`pages by ${sort} have neither gaps nor doubles while locations come in`, async ({
    api,
    platform,
  }) => {
    const first = new Set(names(await get(api, `/api/locations?sort=${sort}&limit=1000`)));
    const seen: string[] = [];
    let cursor: string | null = '';
    let inserted = 0;
    while (cursor !== null) {
      const page: Answer = await get(
        api,
        `/api/locations?sort=${sort}&limit=7${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
      );
      assert.is(page.status, 200);
      seen.push(...names(page));
      cursor = page.body.nextCursor;
      inserted += 1;
      const id = (sort === 'name' ? 2000 : 3000) + inserted;
      const place = { id, name: `A ${id}`, search: `a ${id}`, country: 'NL', population: 20_000_000 + id };
      await platform.pool.change(
        "INSERT INTO locations (id, name, search_name, country, latitude, longitude, population, timezone) VALUES (?, ?, ?, 'NL', 1, 1, ?, 'UTC')",
        [id, place.name, place.search, place.population],
      );
      // What a replica holds is two seconds old at most: here it has to see each one that came in.
      await until(
        async () => {
          const found = await get(api, `/api/locations?q=${encodeURIComponent(place.search)}`);
          return names(found).includes(place.name);
        },
        { deadline: 60_000, what: place.name },
      );
      if (inserted === 3) break;
    }
    while (cursor !== null) {
      const page: Answer = await get(
        api,
        `/api/locations?sort=${sort}&limit=7&cursor=${encodeURIComponent(cursor)}`,
      );
      seen.push(...names(page));
      cursor = page.body.nextCursor;
    }
    assert.is(new Set(seen).size, seen.length, 'none twice');
    for (const name of first) assert.ok(seen.includes(name), name);
  });
}

test('places of one population follow by their numbers, on one page and on pages of one', async ({ api }) => {
  const pages = ['?country=GR&sort=population', '?country=GR&sort=population&limit=1'];
  assert.equal(names(await get(api, `/api/locations${pages[0]}`)), ['Zeta', 'Mu', 'Alpha']);
  const seen: string[] = [];
  let cursor: string | null = '';
  while (cursor !== null && seen.length < 9) {
    const page: Answer = await get(api, `/api/locations${pages[1]}${cursor && `&cursor=${cursor}`}`);
    seen.push(...names(page));
    cursor = page.body.nextCursor;
  }
  assert.equal(seen, ['Zeta', 'Mu', 'Alpha']);
});

test('pages of anomalies have neither gaps nor doubles while new ones begin, also where many begin at once', async ({
  api,
  platform,
}) => {
  const ids: number[] = [];
  for (let index = 1; index <= 23; index += 1) {
    const startedAt = before(100 + (index % 3));
    ids.push(await makeAnomaly(platform.pool, { location: index, field: 3, startedAt, endedAt: before(90) }));
  }
  const seen: number[] = [];
  let cursor: string | null = null;
  do {
    const more: string = cursor === null ? '' : `&cursor=${cursor}`;
    const page = await get(api, `/api/anomalies?state=all&field=precipitation&limit=4${more}`);
    assert.is(page.status, 200);
    seen.push(...page.body.anomalies.map(({ id }: { id: number }) => id));
    cursor = page.body.nextCursor;
    await makeAnomaly(platform.pool, {
      location: 40 + (seen.length % 20),
      field: 3,
      startedAt: before(1 - seen.length / 100),
    });
  } while (cursor !== null);
  assert.is(new Set(seen).size, seen.length, 'none twice');
  for (const id of ids) assert.ok(seen.includes(id), String(id));
});

test('anomalies are those that last unless all are asked for, by severity, field, location and time', async ({
  api,
}) => {
  const of = async (query: string) => {
    const { body } = await get(api, `/api/anomalies?limit=200&${query}`);
    return body.anomalies.map((one: { location: { id: number }; severity: string }) => [
      one.location.id,
      one.severity,
    ]);
  };
  assert.equal(await of('location=900'), [
    [900, 'severe'],
    [900, 'minor'],
  ]);
  assert.equal(await of('location=901'), []);
  assert.equal(await of('location=901&state=all'), [[901, 'major']]);
  assert.equal(await of('location=900&severity=minor'), [[900, 'minor']]);
  assert.equal(await of('location=900&field=relative_humidity_2m'), [[900, 'severe']]);
  assert.equal(await of(`location=900&since=${before(2.5).toISOString()}`), [[900, 'severe']]);
});
test('an anomaly says all that the detector wrote, and is told so live; a withdrawn one says so', async ({
  api,
  platform: { pool },
}) => {
  const startedAt = before(60);
  const id = await makeAnomaly(pool, { location: 902, field: 4, startedAt, value: 1031, expected: 1012 });
  const {
    body: { anomalies },
  } = await get(api, '/api/anomalies?location=902&field=surface_pressure');
  assert.equal(anomalies, [
    {
      id,
      location: { id: 902, name: 'Suva', country: 'FJ' },
      field: 'surface_pressure',
      unit: 'hPa',
      startedAt: startedAt.toISOString(),
      endedAt: null,
      severity: 'minor',
      score: 7.25,
      peakAt: startedAt.toISOString(),
      value: 1031,
      expected: 1012,
      lowerBound: 1006,
      upperBound: 1018,
      explanation: 'The value was 1031 where 1012 is usual at this hour of the season.',
      judgedBy: 'statistics',
      withdrawn: false,
      changedAt: anomalies[0].changedAt,
    },
  ]);
  const client = await listen(api);
  await until(() => client.events.length > 0, { deadline: 60_000, what: 'the stream' });
  await pool.change(detector['withdraw-event'], [id]);
  const told = await until(() => client.events.find(({ data }) => data.id === id && data.withdrawn)?.data, {
    deadline: 60_000,
    what: 'that it is withdrawn',
  });
  client.leave();
  const { score, endedAt, lowerBound, upperBound } = told;
  assert.equal([score, endedAt, lowerBound, upperBound], [0, startedAt.toISOString(), 1006, 1018]);
  assert.match(told.explanation, /^Withdrawn/);
  const listed = await get(api, '/api/anomalies?location=902&field=surface_pressure&state=all');
  assert.equal(listed.body.anomalies, [told]);
});

test('a location has its newest values and what lasts', async ({ api }) => {
  const { body } = await get(api, '/api/locations/900');
  assert.is(body.latest.length, 7);
  assert.is(body.latest[0].field, 'temperature_2m');
  assert.is(body.latest[0].observedAt, now.toISOString());
  assert.equal([body.anomalies.length, body.openAnomalies, body.severity], [2, 2, 'severe']);
});

test('a summary counts anomalies, the places that have some, and what was collected; old weather is stale', async ({
  api,
  platform: { pool },
}) => {
  const summary = async () => (await get(api, '/api/summary')).body;
  const open = await pool.query<{ location: number; severity: string }>(
    'SELECT location_id AS location, severity FROM anomalies WHERE ended_at IS NULL',
  );
  const count = (wanted: string) => open.filter(({ severity }) => severity === wanted).length;
  const affected = new Set(open.map(({ location }) => location)).size;
  assert.ok(affected < open.length, 'one place has several');
  const first = await until(
    async () => {
      const now = await summary();
      return now.open.minor === count('minor') ? now : undefined;
    },
    { deadline: 60_000, what: 'what the last test left' },
  );
  assert.equal(first.open, { minor: count('minor'), major: count('major'), severe: 1 });
  assert.is(first.affectedLocations, affected);
  assert.equal([first.state, first.lastCollectionAt], ['fresh', now.toISOString()]);
  const collected = async (text: string, state: string) => {
    await pool.change(`UPDATE locations SET collected_at = ${text}`);
    return until(
      async () => {
        const now = await summary();
        return now.state === state ? now : undefined;
      },
      { deadline: 60_000, what: state },
    );
  };
  const old = 'IF(id <= 10, UTC_TIMESTAMP(3) - INTERVAL 16 MINUTE, UTC_TIMESTAMP(3) - INTERVAL 61 MINUTE)';
  assert.is((await collected(old, 'stale')).collectedLastHour, 10);
  const young = old.replace('16', '14');
  assert.is((await collected(young, 'fresh')).collectedLastHour, 10);
  assert.is((await collected('NULL', 'empty')).lastCollectionAt, null);
});

test.run();
