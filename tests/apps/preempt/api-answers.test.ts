import { request as httpRequest } from 'node:http';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import * as assert from 'uvu/assert';
import {
  makeAnomaly,
  makeFields,
  makeObservations,
  makePlaces,
  spreadPlaces,
} from '../../../trial/preempt-weather.ts';
import { until } from '../../../trial/until.ts';
import { suite } from '../../harness/suite.ts';
import { type Answer, type Api, get, startApi } from './api-server.ts';
import { openPlatform, type Platform } from './platform.ts';

const test = suite<{ platform: Platform; api: Api }>('what the api answers');
const hour = 3_600_000;
const now = new Date(Math.floor(Date.now() / 60_000) * 60_000);
const before = (hours: number) => new Date(now.getTime() - hours * hour);
const places = [
  ...spreadPlaces(60),
  ...(
    [
      [900, 'São Paulo', 'BR', -23.55, -46.63, 10_021_295],
      [901, 'Saint-Étienne', 'FR', 45.43, 4.39, 176_280],
      [902, 'Suva', 'FJ', -18.14, 178.44, 77_366],
    ] as const
  ).map(([id, name, country, latitude, longitude, population]) => ({
    ...{ id, name, country, latitude, longitude, population },
  })),
];

test.before(async (context) => {
  context.platform = await openPlatform();
  const { pool } = context.platform;
  await makeFields(pool);
  await makePlaces(pool, places, now);
  await makeObservations(pool, { days: 20, minutes: 120, until: now });
  await makeAnomaly(pool, { location: 900, field: 1, startedAt: before(3), severity: 'minor' });
  await makeAnomaly(pool, { location: 900, field: 2, startedAt: before(2), severity: 'severe' });
  await makeAnomaly(pool, {
    location: 901,
    field: 1,
    startedAt: before(50),
    endedAt: before(40),
    severity: 'major',
  });
  context.api = await startApi(context.platform);
});
test.after(({ platform }) => platform?.close());

const names = (answer: Answer): string[] => answer.body.locations.map(({ name }: { name: string }) => name);

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
        { deadline: 10_000, what: place.name },
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

test('what the trainer wrote is the band, as far back as its season', async ({ api, platform }) => {
  const rows = Array.from({ length: 8 }, (_, part) => [6, 1, part, 10 + part, 5 + part, 15 + part]);
  await platform.pool.change(
    'INSERT INTO bands (location_id, field_id, part, usual, lower_bound, upper_bound) VALUES ?',
    [rows],
  );
  const path = '/api/locations/6/observations?field=temperature_2m';
  const { band } = (await get(api, path)).body;
  for (const { at, expected, lower, upper } of band) {
    const part = Math.floor(new Date(at).getUTCHours() / 3);
    assert.equal([expected, lower, upper], [10 + part, 5 + part, 15 + part]);
  }
  const old = await get(api, `${path}&from=2001-01-01T00:00:00Z&to=2001-01-02T00:00:00Z`);
  assert.equal(old.body.band, []);
});

test('a location has its newest values and what lasts; a summary counts', async ({ api }) => {
  const { body } = await get(api, '/api/locations/900');
  assert.is(body.latest.length, 7);
  assert.is(body.latest[0].field, 'temperature_2m');
  assert.is(body.latest[0].observedAt, now.toISOString());
  assert.is(body.anomalies.length, 2);
  const summary = (await get(api, '/api/summary')).body;
  assert.is(summary.state, 'fresh');
  assert.is(summary.open.severe, 1);
  assert.is(summary.lastCollectionAt, now.toISOString());
});

test('what is wrong is told by a problem document of its type, which leads to what it means', async ({
  api,
}) => {
  const cases: readonly (readonly [string, number, string])[] = [
    ['/api/nothing', 404, 'not-found'],
    ['/', 404, 'not-found'],
    ['/api/locations/12345', 404, 'not-found'],
    ['/api/locations/900/observations?field=moon', 404, 'not-found'],
    ['/api/locations?limit=0', 400, 'invalid-request'],
    ['/api/locations?limit=5&limit=6', 400, 'invalid-request'],
    ['/api/locations?unknown=1', 400, 'invalid-request'],
    ['/api/locations/x', 400, 'invalid-request'],
    ['/api/locations/900/observations', 400, 'invalid-request'],
    ['/api/anomalies?since=yesterday', 400, 'invalid-request'],
    ["/api/anomalies?field='%20OR%201=1", 400, 'invalid-request'],
    ['/api/locations/%ff', 400, 'invalid-request'],
    ['/api/locations?cursor=zzz', 422, 'contradictory-request'],
    [
      `/api/locations?sort=population&cursor=${Buffer.from('["locations/name","a",1]').toString('base64url')}`,
      422,
      'contradictory-request',
    ],
    ['/api/locations?bbox=0,50,10,40', 422, 'contradictory-request'],
    [
      '/api/locations/900/observations?field=temperature_2m&from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z',
      422,
      'contradictory-request',
    ],
    [
      '/api/locations/900/observations?field=temperature_2m&from=2020-01-02T00:00:00Z&to=2026-01-01T00:00:00Z',
      422,
      'contradictory-request',
    ],
    [`/api/locations?q=${'a'.repeat(3000)}`, 414, 'url-too-long'],
  ];
  for (const [path, status, kind] of cases) {
    const answer = await get(api, path);
    assert.is(answer.status, status, `${path}: ${JSON.stringify(answer.body)}`);
    assert.match(answer.headers.get('content-type') ?? '', 'application/problem+json');
    assert.is(answer.body.type, `/api/problems/${kind}`);
    assert.is(answer.body.status, status);
    assert.is((await get(api, answer.body.type)).body.status, status);
  }
  const unknown = (await get(api, '/api/locations?unknown=1&limit=0')).body;
  assert.equal(unknown.errors.map(({ parameter }: { parameter: string }) => parameter).sort(), [
    'limit',
    'unknown',
  ]);
});

test('other methods are refused with what is allowed, and a body is not read', async ({ api }) => {
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
    const answer = await fetch(`${api.url}/api/locations/900`, { method });
    assert.equal([answer.status, answer.headers.get('allow')], [405, 'GET, HEAD'], method);
    assert.is(((await answer.json()) as { type: string }).type, '/api/problems/method-not-allowed');
  }
  const large = await new Promise<number>((resolve, reject) => {
    const asked = httpRequest(`${api.url}/api/locations`, {
      method: 'POST',
      headers: { 'content-length': '5000000' },
    });
    asked.on('response', (answer) => {
      resolve(answer.statusCode ?? 0);
      asked.destroy();
    });
    asked.on('error', reject);
    asked.write('{');
  });
  assert.is(large, 413);
  const head = await fetch(`${api.url}/api/summary`, { method: 'HEAD' });
  assert.equal([head.status, await head.text()], [200, '']);
});

test('an answer that a client has is not sent again', async ({ api }) => {
  const first = await get(api, '/api/locations/5');
  const tag = first.headers.get('etag') ?? '';
  assert.match(tag, /^W\/"[\w-]{20}"$/);
  assert.match(first.headers.get('cache-control') ?? '', /^public, max-age=\d+$/);
  const again = await get(api, '/api/locations/5', { 'if-none-match': `"other", ${tag}` });
  assert.equal([again.status, again.body, again.headers.get('etag')], [304, '', tag]);
  assert.is((await get(api, '/api/locations/5', { 'if-none-match': '"other"' })).status, 200);
});

test('every answer is as its own OpenAPI says, and every path that it names answers', async ({ api }) => {
  const { body: document } = await get(api, '/api/openapi.json');
  assert.match(document.openapi, /^3\.1/);
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  formats.default(ajv);
  const asked = {
    '/api/locations': ['', '?q=sao', '?limit=0', '?cursor=zzz'],
    '/api/locations/{id}': ['900', '1', '12345', 'x'],
    '/api/locations/{id}/observations': [
      '900?field=temperature_2m',
      `900?field=cloud_cover&points=10&from=${before(400).toISOString()}`,
      '900?field=moon',
      '900',
      '900?field=temperature_2m&to=2001-01-01T00:00:00Z&from=2002-01-01T00:00:00Z',
    ],
    '/api/anomalies': ['', '?state=all&limit=2', '?field=moon', '?limit=0', '?cursor=zzz'],
    '/api/fields': ['', '?a=1'],
    '/api/summary': ['', '?a=1'],
    '/api/stream': [],
  } as const;
  assert.equal(Object.keys(document.paths).sort(), Object.keys(asked).sort());
  for (const [path, requests] of Object.entries(asked)) {
    const covered = new Set<string>();
    for (const one of requests) {
      const [id = '', query = ''] = one.split('?');
      const answer = await get(api, `${path.replace('{id}', id)}${query === '' ? '' : `?${query}`}`);
      const type = answer.headers.get('content-type')?.split(';')[0] ?? '';
      const schema = document.paths[path].get.responses[String(answer.status)]?.content?.[type]?.schema;
      assert.ok(schema, `${path} ${one}: ${answer.status} ${type} is documented`);
      const valid = ajv.compile(schema);
      assert.ok(valid(answer.body), `${path} ${one}: ${ajv.errorsText(valid.errors)}`);
      covered.add(String(answer.status));
    }
    for (const status of Object.keys(document.paths[path].get.responses))
      if (status !== '503' && requests.length > 0)
        assert.ok(covered.has(status), `${path} ${status} is seen here`);
  }
});

test('the page to try it loads only its own files, under a policy that says so', async ({ api }) => {
  const page = await get(api, '/api/docs');
  assert.match(page.headers.get('content-security-policy') ?? '', "default-src 'none'");
  assert.not.match(page.body, /<script>|style=|https?:\/\//);
  for (const [, path = ''] of page.body.matchAll(/(?:src|href)="(\/api\/[^"#]+)"/g)) {
    assert.is((await get(api, path)).status, 200, path);
  }
});

test.run();
