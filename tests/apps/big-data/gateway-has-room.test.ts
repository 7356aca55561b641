import { parseQuantity } from '@plumbline/validators';
import * as assert from 'uvu/assert';
import { workloadOf } from '../../../trial/overlay/system.ts';
import { canLimitMemory, limitMemory, type MemoryLimit } from '../../../trial/process/memory-limit.ts';
import { lastWords } from '../../../trial/process/start.ts';
import { until } from '../../../trial/until.ts';
import { suite } from '../../harness/suite.ts';
import { metricOf } from '../metric-of.ts';
import { someEvents, toNdjson } from './events.ts';
import { type Gateway, ndjson, openRig, post, type Rig, startGateway } from './gateway-rig.ts';

const test = suite<{ rig: Rig; bytes: number; limit: MemoryLimit | undefined }>(
  "the gateway within its pod's memory",
);
const deadline = 120_000;

test.before(async (context) => {
  context.rig = await openRig();
  if (!(await canLimitMemory())) return;
  const { containers } = workloadOf(context.rig.trial.system, 'Deployment', 'producer-gateway');
  const most = containers.find(({ role }) => role === 'main')?.spec.resources?.limits?.memory;
  context.bytes = parseQuantity(most ?? '');
  context.limit = await limitMemory('producer-gateway', context.bytes);
});
test.after(async ({ rig, limit }) => {
  await rig?.trial.close();
  await limit?.remove();
});

/** Bytes of Node's own code: a pod has them in its memory, here they are in the machine's already. */
const program = 48 * 2 ** 20;

/** So many at once ask for several times what the queue has room for. */
const clients = 32;

/** As much as one request may hold: 10,000 events, or 2 MiB of fewer. */
const largest = {
  'the most bytes': {
    body: toNdjson(someEvents(12_000, 3))
      .slice(0, 2_097_152)
      .replace(/\n[^\n]*$/, '\n'),
  },
  'the most events': { body: toNdjson(smallest(10_000)) },
  'as JSON': { body: `[${toNdjson(someEvents(5000, 4)).trim().replaceAll('\n', ',')}]`, json: true },
  'nothing that is an event': { body: '{}\n'.repeat(10_000) },
  'too many bytes': { body: 'x'.repeat(2_200_000) },
} as const;

function smallest(count: number) {
  return someEvents(60_000, 5)
    .filter(({ type }) => type === 'session' || type === 'view')
    .slice(0, count);
}

/** Sends one kind after the other from many clients at once, until it is told to stop; counts the answers. */
async function load(gateway: Gateway, until: AbortSignal): Promise<Map<number, number>> {
  const answers = new Map<number, number>();
  const kinds = Object.values(largest);
  const client = async (first: number) => {
    for (let turn = first; !until.aborted; turn += 1) {
      const kind = kinds[turn % kinds.length] as { body: string; json?: boolean };
      // One that sends more than it may finds its connection closed, at times before it has read why.
      const status = await post(gateway, kind.body, kind.json ? {} : ndjson).then(
        (answer) => answer.status,
        () => 0,
      );
      answers.set(status, (answers.get(status) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, index) => client(index)));
  return answers;
}

test('the largest requests of many clients, with a broker that hangs and with one that answers, do not end it', async ({
  rig,
  bytes,
  limit,
}) => {
  const gateway = await startGateway(rig, {}, limit?.command);
  const { worker } = gateway;
  const alive = async () => {
    assert.is(worker.state(), undefined, lastWords(worker));
    assert.is((await fetch(`${worker.metrics}/livez`)).status, 200);
  };
  const over = new AbortController();
  const loading = load(gateway, over.signal);
  const accepted = () => metricOf(worker, 'gateway_events_accepted_total');
  const full = async () => ((await metricOf(worker, 'gateway_queue_bytes')) ?? 0) > 14 * 2 ** 20;
  try {
    const go = async (least: number) =>
      until(async () => worker.state() !== undefined || ((await accepted()) ?? 0) > least, {
        deadline,
        what: `${least} accepted events`,
      });
    await go(100_000);
    await alive();
    rig.kafka.broker().signal('SIGSTOP');
    await until(async () => worker.state() !== undefined || (await full()), {
      deadline,
      what: 'a full queue',
    });
    // Until what it held is given up, and others have taken its place.
    await until(
      async () =>
        worker.state() !== undefined ||
        ((await metricOf(worker, 'gateway_events_unsent_total')) ?? 0) > 50_000,
      { deadline, what: 'events that are given up' },
    );
    await alive();
    rig.kafka.broker().signal('SIGCONT');
    await go(((await accepted()) ?? 0) + 100_000);
    await alive();
  } finally {
    rig.kafka.broker().signal('SIGCONT');
    over.abort();
  }
  const answers = await loading;
  for (const status of [202, 413, 422, 503])
    assert.ok((answers.get(status) ?? 0) > 0, `${status} was answered`);
  for (const status of answers.keys())
    assert.ok([0, 202, 413, 422, 503].includes(status), `${status} was answered`);
  assert.is((await limit?.kills()) ?? 0, 0);
  if (limit !== undefined) {
    const peak = await limit.peak();
    assert.ok(peak + program <= bytes, `${peak} bytes at most, and ${program} of the program, in ${bytes}`);
  }
  // It is as before: nothing is held, and a batch goes through at once.
  await until(async () => (await metricOf(worker, 'gateway_queue_bytes')) === 0, {
    deadline,
    what: 'an empty queue',
  });
  assert.is((await post(gateway, someEvents(100, 9))).status, 202);
  await worker.stop();
});

test.run();
