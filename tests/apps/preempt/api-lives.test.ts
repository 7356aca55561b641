import { connect } from 'node:net';
import * as assert from 'uvu/assert';
import { inTransaction } from '../../../apps/kit/mysql/index.ts';
import { makeAnomaly } from '../../../trial/preempt-weather.ts';
import { until } from '../../../trial/until.ts';
import { suite } from '../../harness/suite.ts';
import { now, openSmall } from './api-rig.ts';
import { type Api, get, type Listening, listen, startApi } from './api-server.ts';
import type { Platform } from './platform.ts';

const test = suite<{ platform: Platform; apis: Api[] }>(
  'live updates, and an api that ends or is left alone',
);
const deadline = 60_000;
let nextHour = 0;
/** Each anomaly begins at a time of its own: what begins at one time is one event. */
const begin = () => {
  nextHour += 1;
  return new Date(now.getTime() - nextHour * 3_600_000);
};

test.before(async (context) => {
  context.platform = await openSmall();
  context.apis = await Promise.all([0, 1].map((index) => startApi(context.platform, index)));
});
test.after(({ platform }) => platform?.close());

const anomaliesOf = ({ events }: Listening) => events.filter(({ event }) => event === 'anomaly');
const idsOf = (client: Listening) => anomaliesOf(client).map(({ data }) => data.id as number);

test('what begins and what changes reaches every client of every replica', async ({ platform, apis }) => {
  const clients = await Promise.all(apis.map((api) => listen(api)));
  const all = (fits: (client: Listening) => boolean, what: string) =>
    until(() => clients.every(fits), { deadline, what });
  await all(({ events }) => events[0]?.event === 'summary', 'the first summary');
  const id = await makeAnomaly(platform.pool, { location: 1, field: 1, startedAt: begin() });
  await all((client) => idsOf(client).includes(id), 'the new anomaly');
  await all(
    ({ events }) => events.some(({ event, data }) => event === 'summary' && data.open.minor === 1),
    'the summary that counts it',
  );
  await platform.pool.change("UPDATE anomalies SET severity = 'severe' WHERE id = ?", [id]);
  await all((client) => anomaliesOf(client).at(-1)?.data.severity === 'severe', 'its change');
  for (const client of clients) {
    assert.is(idsOf(client).length, 2, 'each change once');
    client.leave();
  }
});

test('a client that comes back, to any replica, misses nothing, also of a transaction that committed late', async ({
  platform,
  apis: [first, second],
}) => {
  const { pool } = platform;
  const client = await listen(first as Api);
  const made: number[] = [await makeAnomaly(pool, { location: 2, field: 1, startedAt: begin() })];
  // It gets its time now, and is seen only after others with later times.
  await inTransaction(pool, async (session) => {
    const late = begin();
    const { insertId } = await session.change(
      "INSERT INTO anomalies (location_id, field_id, started_at, severity, score, peak_at, value, expected, lower_bound, upper_bound, explanation, judged_by) VALUES (3, 1, ?, 'major', 7, ?, 1, 2, 3, 4, 'late', 'test')",
      [late, late],
    );
    await until(() => idsOf(client).includes(made[0] as number), { deadline, what: 'the first anomaly' });
    made.push(await makeAnomaly(pool, { location: 4, field: 1, startedAt: begin() }));
    await until(() => idsOf(client).includes(made[1] as number), { deadline, what: 'the later one' });
    made.push(insertId);
  });
  const lastId = anomaliesOf(client).at(-1)?.id ?? '';
  assert.match(lastId, /^\d+-\d+$/);
  client.leave();
  made.push(await makeAnomaly(pool, { location: 5, field: 1, startedAt: begin() }));
  const again = await listen(second as Api, lastId);
  await until(() => made.every((id) => idsOf(again).includes(id)), { deadline, what: 'all of them' });
  again.leave();
});

test('one who is cut before the first anomaly comes back with a place all the same', async ({
  platform,
  apis: [first, second],
}) => {
  const client = await listen(first as Api);
  await until(() => client.events.length > 0, { deadline, what: 'the first event' });
  client.leave();
  const [summary] = client.events;
  assert.is(summary?.event, 'summary');
  assert.match(summary?.id ?? '', /^\d+-\d+$/);
  const id = await makeAnomaly(platform.pool, { location: 6, field: 1, startedAt: begin() });
  const witness = await listen(second as Api, summary?.id);
  await until(() => idsOf(witness).includes(id), { deadline, what: 'what began meanwhile' });
  witness.leave();
});

test('one who was away for too long is told to read the list again', async ({ platform, apis: [api] }) => {
  const { pool } = platform;
  const rows = Array.from({ length: 1100 }, (_, index) => [
    ...[
      6 + (index % 10),
      2,
      new Date(now.getTime() - index * 60_000),
      'minor',
      7,
      now,
      1,
      2,
      3,
      4,
      'many',
      'test',
    ],
  ]);
  await pool.change(
    'INSERT INTO anomalies (location_id, field_id, started_at, severity, score, peak_at, value, expected, lower_bound, upper_bound, explanation, judged_by) VALUES ?',
    [rows],
  );
  const client = await listen(api as Api, `${Date.now() - 3_600_000}-1`);
  await until(() => client.events.some(({ event }) => event === 'reset'), { deadline, what: 'the reset' });
  client.leave();
});

test('many changes at once are told by one word', async ({ platform, apis: [api] }) => {
  const client = await listen(api as Api);
  await platform.pool.change("UPDATE anomalies SET explanation = 'all at once' WHERE field_id = 2");
  await until(() => client.events.some(({ event }) => event === 'reset'), { deadline, what: 'the reset' });
  assert.equal(idsOf(client), []);
  client.leave();
});

test('a client that reads nothing is cut, and the others are told all the same', async ({
  platform,
  apis: [api],
}) => {
  const { pool } = platform;
  const client = await listen(api as Api);
  const slow = connect(Number(new URL((api as Api).url).port), '127.0.0.1');
  slow.on('error', () => {});
  slow.write('GET /api/stream HTTP/1.1\r\nhost: a\r\n\r\n');
  await new Promise((resolve) => slow.once('readable', resolve));
  slow.pause();
  const before = client.events.length;
  // Every round is more than a quarter of a megabyte: soon more than sockets hold.
  let round = 0;
  await until(
    async () => {
      round += 1;
      await pool.change(
        "UPDATE anomalies SET explanation = CONCAT('round ', ?, REPEAT('x', 480)) WHERE field_id = 2 LIMIT 290",
        [round],
      );
      const text = await (await fetch(`${(api as Api).worker.metrics}/metrics`)).text();
      return /^preempt_api_streams_cut_total [1-9]/m.test(text);
    },
    { deadline: 60_000, what: 'the cut', every: 500 },
  );
  assert.is(client.text().includes('event: bye'), false);
  await until(() => client.events.length > before + 400, { deadline, what: 'what the other is told' });
  client.leave();
  slow.destroy();
});

test('it is alive and not ready while Redis or MySQL is away, says what it lacks, and comes back by itself', async ({
  platform,
  apis: [api],
}) => {
  const { redis, mysql } = platform.services;
  const one = api as Api;
  assert.is((await get(one, '/ready')).status, 200);
  const client = await listen(one);
  await redis.server().stop();
  await until(async () => (await get(one, '/ready')).status === 503, { deadline, what: '503 without Redis' });
  assert.match((await get(one, '/ready')).body, 'Redis does not answer');
  const path = '/api/locations/1/observations?field=temperature_2m';
  const without = await get(one, path);
  assert.is(without.status, 200, 'Redis only saves work');
  assert.ok(without.body.band.length > 0);
  await redis.startServer();
  await until(async () => (await get(one, '/ready')).status === 200, { deadline, what: 'ready again' });

  await mysql.server().stop();
  await until(async () => (await get(one, '/ready')).status === 503, { deadline, what: '503 without MySQL' });
  assert.match((await get(one, '/ready')).body, 'MySQL does not answer');
  assert.is((await get(one, '/health')).status, 200);
  const away = await get(one, '/api/anomalies?state=all&limit=3');
  assert.equal([away.status, away.body.type], [503, '/api/problems/dependency-away']);
  assert.ok(Number(away.headers.get('retry-after')) > 0);
  await mysql.startServer();
  await until(async () => (await get(one, '/ready')).status === 200, { deadline, what: 'ready again' });
  const id = await makeAnomaly(platform.pool, { location: 7, field: 1, startedAt: begin() });
  await until(() => idsOf(client).includes(id), { deadline, what: 'the stream goes on' });
  client.leave();
});

test('a database without its tables is not ready', async ({ platform, apis: [api] }) => {
  await platform.pool.change('RENAME TABLE schema_migrations TO schema_migrations_away');
  try {
    await until(async () => (await get(api as Api, '/ready')).status === 503, { deadline, what: '503' });
    assert.match((await get(api as Api, '/ready')).body, 'see the Job migrate');
  } finally {
    await platform.pool.change('RENAME TABLE schema_migrations_away TO schema_migrations');
  }
});

test('a stream on which nothing happens says that it lives', async ({ apis: [api] }) => {
  const client = await listen(api as Api);
  await until(() => /^:$/m.test(client.text()), { deadline: 40_000, what: 'a comment' });
  client.leave();
});

test('told to end, it is first not ready, answers every request, and sends its listeners elsewhere', async ({
  platform,
}) => {
  const api = await startApi(platform, 3, { DRAIN_SECONDS: '2' });
  const client = await listen(api);
  let ended = false;
  let answered = 0;
  const failures: string[] = [];
  const ask = async () => {
    while (!ended) {
      const answer = await get(api, '/api/locations?limit=3').catch((error: Error) => error);
      if (answer instanceof Error) {
        // The Service has long stopped to send anything here.
        if (api.worker.state() === undefined && !closed) failures.push(String(answer.cause ?? answer));
        return;
      }
      if (answer.status !== 200) failures.push(String(answer.status));
      answered += 1;
    }
  };
  let closed = false;
  const asking = [ask(), ask(), ask()];
  api.worker.signal('SIGTERM');
  await until(async () => (await get(api, '/ready')).status === 503, {
    deadline: 2000,
    what: '503',
    every: 10,
  });
  assert.is((await get(api, '/health')).status, 200, 'not ready, and alive');
  assert.is((await get(api, '/api/fields')).headers.get('connection'), 'close');
  const during = answered;
  await until(() => answered > during + 20, { deadline: 2000, what: 'answers after the signal' });
  ended = true;
  closed = true;
  await Promise.all(asking);
  assert.equal(failures, []);
  await client.ended;
  const [, retry] = /retry: (\d+)\nevent: bye/.exec(client.text()) ?? [];
  // Spread, and after others took over.
  assert.ok(Number(retry) >= 500 && Number(retry) <= 2000, `retry after ${retry} ms`);
  const state = await api.worker.ended;
  assert.is(state.status, 0, api.worker.log());
});

test.run();
