import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Batch, type Reader, TopicRemade } from '../../../apps/kit/kafka/index.ts';
import type { Pool } from '../../../apps/kit/postgres/index.ts';
import { startPositions, verifyTail } from '../../../apps/lambda/store/offsets.ts';

/** What a partition that has 500 up to 1500 begins with, and what becomes of it when the broker has `there`. */
async function begin(next: string, last: string | null, there: string | undefined) {
  const rows = [{ partition: 0, topic_id: 'id', next_offset: next, last_batch: last }];
  const pool = { query: async () => ({ rows, rowCount: 0 }) } as unknown as Pool;
  const bounds = new Map([[0, { first: 500n, end: 1500n }]]);
  const start = await startPositions({
    pool,
    topic: 'transactions',
    available: { topicId: 'id', bounds },
    onLost: () => {},
  });
  const found: Batch | undefined = there === undefined ? undefined : { next: 0n, epoch: 0, mark: there };
  const reader = { batchBelow: async () => found } as unknown as Reader;
  await verifyTail(reader, 'transactions', 'id', start);
  return start.positions.get(0);
}

const refused = (work: Promise<unknown>) =>
  work.then(
    () => assert.unreachable(),
    (error) => {
      assert.instance(error, TopicRemade);
      assert.match(
        error.message,
        /DELETE FROM stream_offsets WHERE topic = 'transactions' AND partition = 0/,
      );
    },
  );

test('a position goes on where the batch below it is the one that was read', async () => {
  assert.is(await begin('1000', '900-999/3/ab', '900-999/3/ab'), 1000n);
  // In the middle of a batch that two transactions shared.
  assert.is(await begin('950', '900-999/3/ab', '900-999/3/ab'), 950n);
});

test('another batch in its place, by another leader or the same, is refused', async () => {
  await refused(begin('1000', '900-999/3/ab', '900-999/4/cd'));
  await refused(begin('1000', '900-999/3/ab', '900-999/3/cd'));
  await refused(begin('1000', '900-999/3/ab', '800-1100/3/ab'));
  await refused(begin('1501', null, undefined));
});

test('nothing is compared where nothing can be: never noted, gone by retention, moved by a person', async () => {
  assert.is(await begin('1000', null, 'other'), 1000n);
  assert.is(await begin('1000', '900-999/3/ab', undefined), 1000n);
  assert.is(await begin('500', '400-499/3/ab', 'other'), 500n);
  assert.is(await begin('400', '300-399/3/ab', 'other'), 500n);
  assert.is(await begin('600', '900-999/3/ab', 'other'), 600n);
  assert.is(await begin('1400', '900-999/3/ab', 'other'), 1400n);
});

test.run();
