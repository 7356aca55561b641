import * as assert from 'uvu/assert';
import type { RunningContainer } from '../../../trial/run-container.ts';
import { until } from '../../../trial/until.ts';
import { suite } from '../../harness/suite.ts';
import { openSmall } from './api-rig.ts';
import { type Answer, type Api, get, startApi } from './api-server.ts';
import type { Platform } from './platform.ts';

const test = suite<{ platform: Platform; api: Api }>('an api whose servers hang');
const deadline = 60_000;

test.before(async (context) => {
  context.platform = await openSmall();
  // One connection: who waits for it waits for whoever has it.
  context.api = await startApi(context.platform, 0, { DB_CONNECTIONS: '1' });
  await until(async () => (await get(context.api, '/ready')).status === 200, { deadline, what: 'ready' });
});
test.after(({ platform }) => platform?.close());

/** Holds a server still: its connections stay, and nobody answers. */
async function held(server: RunningContainer, work: () => Promise<void>): Promise<void> {
  server.signal('SIGSTOP');
  try {
    await work();
  } finally {
    server.signal('SIGCONT');
  }
}

/** What it found a moment ago is said again for a second. */
const notReady = (api: Api) =>
  until(
    async () => {
      const answer = await get(api, '/ready');
      return answer.status === 503 ? answer : undefined;
    },
    { deadline, what: 'not ready' },
  );

const again = (api: Api) =>
  until(async () => (await get(api, '/ready')).status === 200, { deadline, what: 'ready again' });

test('a Redis that hangs costs a moment, and makes the replica not ready', async ({ api, platform }) => {
  await held(platform.services.redis.server(), async () => {
    const path = `${api.url}/api/locations/1/observations?field=temperature_2m`;
    // Below what the client of Redis itself waits, and far above what it is worth.
    const answer = await fetch(path, { signal: AbortSignal.timeout(7000) });
    assert.is(answer.status, 200);
    assert.ok(((await answer.json()) as { band: unknown[] }).band.length > 0);
    const ready = await notReady(api);
    assert.match(ready.body, 'Redis does not answer: not within 2 s');
    assert.is((await get(api, '/health')).status, 200);
  });
  await again(api);
});

test('a MySQL that hangs is told to everybody in time, also to those who wait for a connection', async ({
  api,
  platform,
}) => {
  await held(platform.services.mysql.server(), async () => {
    // A signal needs a moment: until then somebody may still be answered.
    const ready = await notReady(api);
    assert.match(ready.body, 'MySQL does not answer');
    const paths = Array.from({ length: 12 }, (_, index) => `/api/anomalies?state=all&limit=${index + 1}`);
    const answers: Answer[] = await Promise.all(paths.map((path) => get(api, path)));
    for (const { status, body, headers } of answers) {
      assert.equal([status, body.type], [503, '/api/problems/dependency-away']);
      assert.ok(Number(headers.get('retry-after')) > 0);
    }
    assert.is((await get(api, '/health')).status, 200);
  });
  await again(api);
  assert.is((await get(api, '/api/anomalies?state=all&limit=20')).status, 200);
});

test('a statement that takes too long gives its connection up, so that others are answered', async ({
  api,
  platform: { pool },
}) => {
  await pool.use(async (session) => {
    await session.query('LOCK TABLES observations WRITE');
    try {
      const waiting = await get(api, '/api/locations/2/observations?field=temperature_2m');
      assert.equal([waiting.status, waiting.body.type], [503, '/api/problems/dependency-away']);
      let limit = 20;
      await until(
        async () => {
          // Another each time: nothing of it is remembered.
          limit += 1;
          return (await get(api, `/api/anomalies?state=all&limit=${limit}`)).status === 200;
        },
        { deadline, what: 'an answer of another table' },
      );
    } finally {
      await session.query('UNLOCK TABLES');
    }
  });
});

test.run();
