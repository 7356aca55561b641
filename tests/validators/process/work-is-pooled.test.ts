import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pooled } from '../../../validators/process/pool.ts';

test('results stand in the order of their items, whichever ends first', async () => {
  const gates = [1, 2, 3].map(() => Promise.withResolvers<void>());
  const all = pooled(gates, 3, async (gate, index) => {
    await gate.promise;
    return index;
  });
  for (const gate of gates.toReversed()) gate.resolve();
  assert.equal(await all, [0, 1, 2]);
});

test('no more than the width are under way, and no fewer while there is work', async () => {
  let underWay = 0;
  const seen: number[] = [];
  await pooled([1, 2, 3, 4, 5, 6, 7], 3, async () => {
    underWay += 1;
    seen.push(underWay);
    await new Promise(setImmediate);
    underWay -= 1;
  });
  assert.is(Math.max(...seen), 3);
  assert.is(seen.length, 7);
});

test('no items are no work, and a width below one is one', async () => {
  assert.equal(await pooled([], 4, async () => 1), []);
  assert.equal(await pooled([1, 2], 0, async (item) => item * 2), [2, 4]);
});

test('after a failure nothing more is begun, and the failure is what comes out', async () => {
  const begun: number[] = [];
  const gate = Promise.withResolvers<void>();
  const all = pooled([0, 1, 2, 3], 2, async (item) => {
    begun.push(item);
    if (item === 0) throw new Error('the first');
    await gate.promise;
  });
  await all.then(
    () => assert.unreachable(),
    (error: Error) => assert.is(error.message, 'the first'),
  );
  gate.resolve();
  await new Promise(setImmediate);
  assert.equal(begun, [0, 1]);
});

test.run();
