import * as assert from 'uvu/assert';
import type { StorefrontEvent } from '../../../apps/big-data/event/index.ts';
import { lastWords } from '../../../trial/process/start.ts';
import { until } from '../../../trial/until.ts';
import { suite } from '../../harness/suite.ts';
import { metricOf } from '../metric-of.ts';
import { someEvents, toNdjson } from './events.ts';
import { type Answer, type Gateway, ndjson, openRig, post, type Rig, startGateway } from './gateway-rig.ts';

const test = suite<{ rig: Rig }>('the gateway and a broker that goes away');
test.before(async (context) => {
  context.rig = await openRig();
});
test.after(({ rig }) => rig?.trial.close());

const deadline = 60_000;
const ready = async ({ url }: Gateway) => (await fetch(`${url}/ready`)).status;

/** Sends batches one after the other until it is told to stop, each until it is accepted; notes what happens. */
async function insist(gateway: Gateway, seed: number, seen: Seen, signal: AbortSignal): Promise<void> {
  for (let round = 0; !signal.aborted; round += 1) {
    const events = someEvents(300, seed * 10_000 + round);
    for (;;) {
      const answer = await post(gateway, toNdjson(events), ndjson);
      if (answer.status === 202) break;
      seen.refusals.push(answer);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    seen.accepted.push(...events);
  }
}

interface Seen {
  readonly accepted: StorefrontEvent[];
  readonly refusals: Answer[];
}

test('a broker that is killed in the middle of batches costs nothing that was accepted', async ({ rig }) => {
  const gateway = await startGateway(rig);
  const seen: Seen = { accepted: [], refusals: [] };
  const over = new AbortController();
  const clients = [1, 2, 3].map((seed) => insist(gateway, seed, seen, over.signal));
  for (let kill = 0; kill < 2; kill += 1) {
    const before = seen.accepted.length;
    await until(() => seen.accepted.length > before + 1500, { deadline, what: 'accepted events' });
    const refused = seen.refusals.length;
    rig.kafka.broker().signal('SIGKILL');
    await rig.kafka.broker().ended;
    await until(() => seen.refusals.length > refused, { deadline, what: '503', every: 10 });
    await until(async () => (await ready(gateway)) === 503, { deadline, what: 'not ready' });
    // It is Kafka that is away: no restart of this one mends it, and somebody has to say so.
    assert.is((await fetch(`${gateway.worker.metrics}/livez`)).status, 200);
    assert.is((await fetch(`${gateway.worker.metrics}/readyz`)).status, 200);
    await rig.kafka.startBroker();
    await until(async () => (await ready(gateway)) === 200, { deadline, what: 'ready again' });
  }
  const before = seen.accepted.length;
  await until(() => seen.accepted.length > before + 1500, { deadline, what: 'accepted events' });
  over.abort();
  await Promise.all(clients);
  for (const { status, body, headers } of seen.refusals) {
    assert.equal([status, body.type], [503, '/problems/broker-away']);
    assert.ok(Number(headers.get('retry-after')) >= 1);
  }
  const records = await rig.topic();
  const there = new Set(records.map(({ event }) => event.id));
  const lost = seen.accepted.filter(({ id }) => !there.has(id));
  assert.is(lost.length, 0, `${lost.length} of ${seen.accepted.length} accepted events are not in the topic`);
  assert.is(await metricOf(gateway.worker, 'gateway_events_accepted_total'), seen.accepted.length);
  await gateway.worker.stop();
});

test('a broker that does not answer: so much is held, the rest is sent away, and what was held arrives', async ({
  rig,
}) => {
  const gateway = await startGateway(rig, { QUEUE_EVENTS: '1000', MAX_BATCH_EVENTS: '400' });
  const batches = [11, 12, 13, 14].map((seed) => someEvents(400, seed));
  rig.kafka.broker().signal('SIGSTOP');
  let held: Promise<Answer>[];
  try {
    held = batches.slice(0, 2).map((events) => post(gateway, events));
    await until(async () => (await metricOf(gateway.worker, 'gateway_queue_events')) === 800, {
      deadline,
      what: '800 held events',
    });
    for (const events of batches.slice(2)) {
      const answer = await post(gateway, events);
      assert.equal([answer.status, answer.body.type], [503, '/problems/overloaded']);
      assert.ok(Number(answer.headers.get('retry-after')) >= 1);
    }
  } finally {
    rig.kafka.broker().signal('SIGCONT');
  }
  for (const answer of await Promise.all(held)) assert.is(answer.status, 202, JSON.stringify(answer.body));
  await until(async () => (await metricOf(gateway.worker, 'gateway_queue_events')) === 0, {
    deadline,
    what: 'an empty queue',
  });
  const found = new Map<string, number>();
  for (const { event } of await rig.topic()) found.set(event.id, (found.get(event.id) ?? 0) + 1);
  for (const [index, events] of batches.entries())
    for (const { id } of events) assert.is(found.get(id) ?? 0, index < 2 ? 1 : 0);
  await gateway.worker.stop();
});

test('bytes are bounded as events are, before they are read', async ({ rig }) => {
  const gateway = await startGateway(rig, { QUEUE_BYTES: '65536', MAX_BODY_BYTES: '40000' });
  rig.kafka.broker().signal('SIGSTOP');
  try {
    const held = post(gateway, toNdjson(someEvents(80, 21)).padEnd(39_000), ndjson);
    await until(async () => (await metricOf(gateway.worker, 'gateway_queue_bytes')) === 39_000, {
      deadline,
      what: '39000 held bytes',
    });
    const answer = await post(gateway, toNdjson(someEvents(80, 22)).padEnd(39_000), ndjson);
    assert.equal([answer.status, answer.body.type], [503, '/problems/overloaded']);
    rig.kafka.broker().signal('SIGCONT');
    assert.is((await held).status, 202);
  } finally {
    rig.kafka.broker().signal('SIGCONT');
  }
  await gateway.worker.stop();
});

test('a request waits no longer than its deadline, and is told to come back', async ({ rig }) => {
  const gateway = await startGateway(rig, { ACK_SECONDS: '1' });
  rig.kafka.broker().signal('SIGSTOP');
  try {
    const answer = await post(gateway, someEvents(10, 31));
    assert.equal([answer.status, answer.body.type], [503, '/problems/broker-away']);
    assert.match(answer.body.detail, 'within 1 s');
    assert.ok(Number(answer.headers.get('retry-after')) >= 1);
    // Told to end while the broker hangs, it ends all the same.
    gateway.worker.signal('SIGTERM');
    assert.is((await gateway.worker.ended).status, 0, lastWords(gateway.worker));
  } finally {
    rig.kafka.broker().signal('SIGCONT');
  }
});

test.run();
