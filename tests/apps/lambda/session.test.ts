import { getEventListeners } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { pino } from 'pino';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createProgress, createRegistry, startTraces } from '../../../apps/kit/index.ts';
import type { Member, Reader } from '../../../apps/kit/kafka/index.ts';
import type { Pool } from '../../../apps/kit/postgres/index.ts';
import { type Bell, createBell } from '../../../apps/lambda/consumer/bell.ts';
import { consumerMetrics } from '../../../apps/lambda/consumer/metrics.ts';
import { runSession } from '../../../apps/lambda/consumer/session.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const log = pino({ level: 'silent' });

/** A consumer to which the group gave nothing: it waits until it is told to end. */
async function idle(
  rounds: number,
  onRound: (round: number, signal: AbortSignal) => void,
  topicId = async () => 'id',
): Promise<void> {
  const controller = new AbortController();
  const bell = createBell();
  let round = 0;
  const quick: Bell = {
    ring: bell.ring,
    wait(_milliseconds, signal) {
      round += 1;
      onRound(round, signal);
      if (round >= rounds) controller.abort();
      return bell.wait(0, signal);
    },
  };
  const member = {
    assignment: () => ({ number: 1, partitions: [] }),
    broken: () => undefined,
    commit: async () => {},
    hasGrown: async () => false,
  } as unknown as Member;
  const reader = { topicId, bounds: async () => new Map() } as unknown as Reader;
  await runSession({
    pool: { query: async () => ({ rows: [] }) } as unknown as Pool,
    topic: 'transactions',
    member,
    reader,
    batchRows: 1,
    sessionSeconds: 15,
    topicCheckSeconds: 3600,
    log,
    metrics: consumerMetrics(createRegistry()),
    progress: createProgress({ seconds: 60 }),
    traces: startTraces('test', '', log),
    signal: controller.signal,
    bell: quick,
    onReady: () => {},
  });
}

test('a consumer without partitions gathers neither listeners nor memory while it waits', async () => {
  let [before, after] = [0, 0];
  await idle(2000, (round, signal) => {
    assert.is(getEventListeners(signal, 'abort').length, 0, `round ${round}`);
    if (round !== 500 && round !== 2000) return;
    collect();
    if (round === 500) before = process.memoryUsage().heapUsed;
    else after = process.memoryUsage().heapUsed;
  });
  // A promise that nobody resolves kept about 300 bytes of each round.
  assert.ok((after - before) / 1500 < 60, `${(after - before) / 1500} bytes a round`);
});

test('a broker that fails when partitions are assigned is told as it is, not tried again as the database', async () => {
  const gone = async () => {
    throw new Error('no broker answers');
  };
  await idle(1, () => {}, gone).then(
    () => assert.unreachable(),
    (error) => assert.is(error.message, 'no broker answers'),
  );
});

test('who waits wakes when it rings, when it is told to end, and at once when it was told before', async () => {
  const bell = createBell();
  const controller = new AbortController();
  const waits = [bell.wait(3_600_000, controller.signal), bell.wait(3_600_000, controller.signal)];
  bell.ring();
  await Promise.all(waits);
  const told = bell.wait(3_600_000, controller.signal);
  controller.abort();
  await told;
  await bell.wait(3_600_000, controller.signal);
  assert.is(getEventListeners(controller.signal, 'abort').length, 0);
});

test.run();
