import * as assert from 'uvu/assert';
import { until } from '../../../trial/until.ts';
import { suite } from '../../harness/suite.ts';
import { openSmall } from './api-rig.ts';
import { get, listen, startApi } from './api-server.ts';
import type { Platform } from './platform.ts';

const test = suite<{ platform: Platform }>('an api that more ask than it has room for');
const deadline = 60_000;

test.before(async (context) => {
  context.platform = await openSmall();
});
test.after(({ platform }) => platform?.close());

test('more clients than there is room for are told when to come back', async ({ platform }) => {
  const api = await startApi(platform, 0, { MAX_STREAMS: '3', MAX_STREAMS_PER_ADDRESS: '2' });
  const clients = [await listen(api), await listen(api)];
  const third = await get(api, '/api/stream');
  assert.equal([third.status, third.body.type], [429, '/api/problems/too-many-streams']);
  assert.ok(Number(third.headers.get('retry-after')) > 0);
  const elsewhere = await fetch(`${api.url}/api/stream`, { headers: { 'x-forwarded-for': '192.0.2.7' } });
  assert.is(elsewhere.status, 200);
  const fourth = await get(api, '/api/stream', { 'x-forwarded-for': '192.0.2.8' });
  assert.equal([fourth.status, fourth.body.type], [503, '/api/problems/overloaded']);
  await elsewhere.body?.cancel();
  for (const client of clients) client.leave();
  // Whatever a client claims to be, the proxy adds where it came from, as the last.
  const claimed: Response[] = [];
  for (const claim of ['198.51.100.1', '198.51.100.2']) {
    const forwarded = { 'x-forwarded-for': `${claim}, 192.0.2.9` };
    claimed.push(
      await until(
        async () => {
          const answer = await fetch(`${api.url}/api/stream`, { headers: forwarded });
          return answer.status === 200 ? answer : undefined;
        },
        { deadline, what: 'a place' },
      ),
    );
  }
  const forged = await fetch(`${api.url}/api/stream`, {
    headers: { 'x-forwarded-for': '198.51.100.3, 192.0.2.9' },
  });
  assert.is(forged.status, 429);
  assert.is(((await forged.json()) as { type: string }).type, '/api/problems/too-many-streams');
  for (const { body } of claimed) await body?.cancel();
  // Places are free again.
  const back = await until(() => listen(api).catch(() => undefined), { deadline, what: 'a free place' });
  back.leave();
  await api.worker.stop();
});

test('too many requests at a time are refused with the time to come back, and probes are not', async ({
  platform,
}) => {
  const api = await startApi(platform, 1, { MAX_IN_FLIGHT: '1' });
  // One that holds its place: the database makes it wait.
  const held = await platform.pool.use(async (session) => {
    await session.query('LOCK TABLES anomalies WRITE');
    const waiting: Promise<unknown> = get(api, '/api/anomalies?limit=9');
    const refused = await until(
      async () => {
        const answer = await get(api, '/api/openapi.json');
        return answer.status === 503 ? answer : undefined;
      },
      { deadline: 4000, what: 'a refusal', every: 10 },
    );
    assert.is(refused.body.type, '/api/problems/overloaded');
    assert.is((await get(api, '/health')).status, 200);
    await session.query('UNLOCK TABLES');
    return waiting;
  });
  assert.ok(held);
  await api.worker.stop();
});

test.run();
