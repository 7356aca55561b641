import { request as httpRequest } from 'node:http';
import * as assert from 'uvu/assert';
import type { StorefrontEvent } from '../../../apps/big-data/event/index.ts';
import { gatewaySettings } from '../../../apps/big-data/gateway/settings.ts';
import { readConfig } from '../../../apps/kit/index.ts';
import { suite } from '../../harness/suite.ts';
import { metricOf } from '../metric-of.ts';
import { someEvents, toNdjson } from './events.ts';
import { type Gateway, ndjson, openRig, post, type Rig, startGateway } from './gateway-rig.ts';
import type { InTopic } from './topic.ts';

const test = suite<{ rig: Rig; gateway: Gateway }>('the gateway on a real Kafka');
test.before(async (context) => {
  context.rig = await openRig();
  context.gateway = await startGateway(context.rig, { MAX_BATCH_EVENTS: '2000' });
});
test.after(({ rig }) => rig?.trial.close());

const idsOf = (events: readonly { readonly id: string }[]) => events.map(({ id }) => id);
const inTopic = (records: readonly InTopic[], events: readonly StorefrontEvent[]) => {
  const ids = new Set(idsOf(events));
  return records.filter(({ event }) => ids.has(event.id));
};

test('what is answered with 202 is in the topic, each event once, as it was, with when it was received', async ({
  rig,
  gateway,
}) => {
  const events = someEvents(1500, 1);
  const before = new Date().toISOString();
  const answer = await post(gateway, toNdjson(events), ndjson);
  assert.is(answer.status, 202, JSON.stringify(answer.body));
  const { accepted, receivedAt } = answer.body;
  assert.is(accepted, 1500);
  assert.ok(receivedAt >= before && receivedAt <= new Date().toISOString());
  // Read at once: it is not on its way, it is there.
  const found = inTopic(await rig.topic(), events);
  assert.is(found.length, 1500);
  const byId = new Map(found.map(({ event }) => [event.id, event]));
  for (const event of events) assert.equal(byId.get(event.id), { ...event, receivedAt });
  assert.is(await metricOf(gateway.worker, 'gateway_events_accepted_total'), 1500);
});

test('one event, an array of them and one a line are the same', async ({ rig, gateway }) => {
  const [one, two, three] = someEvents(3, 2) as [StorefrontEvent, StorefrontEvent, StorefrontEvent];
  assert.is((await post(gateway, one)).body.accepted, 1);
  assert.is((await post(gateway, [two])).body.accepted, 1);
  const spaced = `\r\n${JSON.stringify(three)}\r\n\n`;
  assert.is(
    (await post(gateway, spaced, { 'content-type': 'application/x-ndjson; charset=utf-8' })).status,
    202,
  );
  assert.is(inTopic(await rig.topic(), [one, two, three]).length, 3);
});

test('a UUID in capitals is the same UUID: in the topic, and for the partition', async ({ rig, gateway }) => {
  const [event] = someEvents(1, 21) as [StorefrontEvent];
  const capitals = { ...event, id: event.id.toUpperCase(), session: event.session.toUpperCase() };
  assert.is((await post(gateway, [event, capitals])).body.accepted, 2);
  const [one, two] = inTopic(await rig.topic(), [event]) as [InTopic, InTopic];
  assert.equal(two, { ...one, offset: two.offset });
});

test('what happens in a session lies in one partition, in its order, however many send at a time', async ({
  rig,
  gateway,
}) => {
  const clients = await Promise.all(
    Array.from({ length: 8 }, async (_, client) => {
      const events = someEvents(600, 100 + client);
      for (let from = 0; from < events.length; from += 40) {
        const answer = await post(gateway, toNdjson(events.slice(from, from + 40)), ndjson);
        assert.is(answer.status, 202, JSON.stringify(answer.body));
      }
      return events;
    }),
  );
  const records = await rig.topic();
  const sessions = Map.groupBy(records, ({ event }) => event.session as string);
  for (const events of clients) {
    assert.is(inTopic(records, events).length, events.length);
    for (const [session, sent] of Map.groupBy(events, (event) => event.session)) {
      const found = sessions.get(session) ?? [];
      assert.equal(idsOf(found.map(({ event }) => event)), idsOf(sent));
      assert.is(new Set(found.map(({ partition }) => partition)).size, 1);
      assert.ok(found.every(({ key }) => key === session));
    }
  }
  assert.ok(new Set(records.map(({ partition }) => partition)).size > 6);
});

test('one wrong line, and nothing of the batch is taken; each wrong one is told by its index', async ({
  rig,
  gateway,
}) => {
  const events = someEvents(50, 3);
  const lines: unknown[] = [...events];
  lines[3] = '{"id": "half';
  lines[17] = { ...events[17], type: 'wish' };
  lines[40] = { ...events[40], occurredAt: new Date(Date.now() + 3_600_000).toISOString() };
  const answer = await post(gateway, toNdjson(lines), ndjson);
  assert.is(answer.status, 422);
  assert.match(answer.headers.get('content-type') ?? '', 'application/problem+json');
  assert.equal(
    answer.body.errors.map(({ index, pointer }: { index: number; pointer: string }) => [index, pointer]),
    [
      [3, ''],
      [17, '/type'],
      [40, '/occurredAt'],
    ],
  );
  assert.match(answer.body.detail, '3 of 50');
  assert.equal(inTopic(await rig.topic(), events), []);
  const right = events.filter((_, index) => ![3, 17, 40].includes(index));
  assert.is((await post(gateway, right)).body.accepted, 47);
  assert.is(inTopic(await rig.topic(), events).length, 47);
});

test('an event that is sent again is there again with its id, and with when that was', async ({
  rig,
  gateway,
}) => {
  const [event] = someEvents(1, 4) as [StorefrontEvent];
  const first = (await post(gateway, event)).body.receivedAt;
  const second = (await post(gateway, event)).body.receivedAt;
  const found = inTopic(await rig.topic(), [event]).map(({ event: { id, receivedAt } }) => ({
    id,
    receivedAt,
  }));
  assert.equal(found, [
    { id: event.id, receivedAt: first },
    { id: event.id, receivedAt: second },
  ]);
});

test('a batch of one session that is larger than a record batch may be is taken in parts', async ({
  rig,
  gateway,
}) => {
  const [first] = someEvents(1, 5) as [StorefrontEvent];
  const line = { product: `p-${'x'.repeat(60)}`, category: 'c'.repeat(60), quantity: 1, priceCents: 100 };
  const events = Array.from({ length: 140 }, (_, index) => ({
    ...{ id: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`, type: 'purchase' as const },
    ...{ occurredAt: first.occurredAt, session: first.session, customer: first.customer, order: first.id },
    ...{ lines: Array(70).fill(line), amountCents: 7000, currency: 'EUR' },
  }));
  const body = toNdjson(events);
  assert.ok(body.length > 1_500_000 && body.length < 2_097_152, `${body.length} bytes`);
  const answer = await post(gateway, body, ndjson);
  assert.is(answer.status, 202, JSON.stringify(answer.body));
  const found = inTopic(await rig.topic(), events);
  assert.equal(idsOf(found.map(({ event }) => event)), idsOf(events));
});

test('what a request may not be is told by its problem, and takes nothing', async ({ gateway }) => {
  const [event] = someEvents(1, 6) as [StorefrontEvent];
  const text = JSON.stringify(event);
  const json = { 'content-type': 'application/json' };
  const cases: readonly (readonly [string | Uint8Array, Record<string, string>, number, string])[] = [
    ['', json, 400, 'unreadable-body'],
    ['[]', json, 400, 'unreadable-body'],
    ['{', json, 400, 'unreadable-body'],
    ['\n\n', ndjson, 400, 'unreadable-body'],
    [Buffer.from([0x22, 0xff, 0x22]), json, 400, 'unreadable-body'],
    [text, { 'content-type': 'text/csv' }, 415, 'unsupported-media-type'],
    [text, { ...json, 'content-encoding': 'gzip' }, 415, 'unsupported-media-type'],
    [`[${Array(2001).fill(text).join()}]`, json, 413, 'batch-too-large'],
    [' '.repeat(2_097_153), json, 413, 'batch-too-large'],
    ['7', json, 422, 'wrong-events'],
    ['{"__proto__": 1}', json, 422, 'wrong-events'],
    [JSON.stringify({ ...event, receivedAt: event.occurredAt }), json, 422, 'wrong-events'],
  ];
  const before = await metricOf(gateway.worker, 'gateway_events_accepted_total');
  for (const [body, headers, status, kind] of cases) {
    const answer = await post(gateway, body, headers);
    assert.is(answer.status, status, `${String(body).slice(0, 40)}: ${JSON.stringify(answer.body)}`);
    assert.is(answer.body.type, `/problems/${kind}`);
    const meaning = await (await fetch(`${gateway.url}${answer.body.type}`)).json();
    assert.is((meaning as { status: number }).status, status);
  }
  assert.is(await chunked(gateway, ' '.repeat(2_097_153)), 413);
  assert.is(await metricOf(gateway.worker, 'gateway_events_accepted_total'), before);
  const other = await fetch(`${gateway.url}/events`);
  assert.equal([other.status, other.headers.get('allow')], [405, 'POST']);
  assert.is((await fetch(`${gateway.url}/nothing`)).status, 404);
});

/** A body that does not say its length. */
function chunked({ url }: Gateway, body: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(`${url}/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    });
    sent.on('response', (answer) => {
      resolve(answer.statusCode);
      answer.resume();
    });
    sent.on('error', reject);
    sent.write(body.slice(0, 10));
    sent.end(body.slice(10));
  });
}

test('where there is a token, events come with it only', async ({ rig }) => {
  const gateway = await startGateway(rig, { INGEST_TOKEN: 'open sesame' });
  const [event] = someEvents(1, 7) as [StorefrontEvent];
  for (const headers of [{}, { authorization: 'Bearer open' }, { authorization: 'open sesame' }]) {
    const answer = await post(gateway, event, headers);
    assert.equal([answer.status, answer.headers.get('www-authenticate')], [401, 'Bearer']);
  }
  assert.is((await post(gateway, event, { authorization: 'Bearer open sesame' })).status, 202);
  await gateway.worker.stop();
  const around = { KAFKA_BOOTSTRAP_SERVERS: 'a:1', KAFKA_TOPIC: 't' };
  assert.is(readConfig({ ...around, INGEST_TOKEN: 'of a file\n' }, gatewaySettings).token, 'of a file');
  for (const nothing of ['', ' \n'])
    assert.throws(() => readConfig({ ...around, INGEST_TOKEN: nothing }, gatewaySettings), /INGEST_TOKEN/);
});

test('told to end, it answers what is under way, and every answer was true', async ({ rig }) => {
  const gateway = await startGateway(rig, { DRAIN_SECONDS: '1' });
  const accepted: StorefrontEvent[] = [];
  const odd: string[] = [];
  const send = async (seed: number) => {
    for (let round = 0; ; round += 1) {
      const events = someEvents(200, seed * 1000 + round);
      const answer = await post(gateway, toNdjson(events), ndjson).catch(() => undefined);
      // A Service has long stopped to send anything here.
      if (answer === undefined) return;
      if (answer.status === 202) accepted.push(...events);
      else odd.push(JSON.stringify(answer.body));
    }
  };
  const sending = [send(1), send(2), send(3)];
  while (accepted.length < 1000) await new Promise((resolve) => setTimeout(resolve, 10));
  gateway.worker.signal('SIGTERM');
  await Promise.all(sending);
  assert.is((await gateway.worker.ended).status, 0, gateway.worker.log());
  assert.equal(odd, []);
  assert.is(inTopic(await rig.topic(), accepted).length >= accepted.length, true);
});

test.run();
