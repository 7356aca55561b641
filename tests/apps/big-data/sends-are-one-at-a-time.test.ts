import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Records } from '../../../apps/big-data/gateway/records.ts';
import { createRoom } from '../../../apps/big-data/gateway/room.ts';
import { createSender } from '../../../apps/big-data/gateway/sender.ts';

/** A broker that answers when it is told to. */
function openBroker(sendBytes = 1000) {
  const sends: { readonly values: string[]; readonly answer: PromiseWithResolvers<void> }[] = [];
  const outcomes: unknown[] = [];
  const sender = createSender({
    sendBytes,
    send(messages) {
      const answer = Promise.withResolvers<void>();
      sends.push({ values: messages.map(({ value }) => value.toString()), answer });
      return answer.promise;
    },
    onSent: (error) => void outcomes.push(error),
  });
  const settle = async (index: number, error?: Error) => {
    if (error === undefined) sends[index]?.answer.resolve();
    else sends[index]?.answer.reject(error);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { sender, sends, outcomes, settle };
}

const records = (...values: string[]): Records => ({
  count: values.length,
  size: (index) => 1 + (values[index] as string).length,
  message: (index) => ({ key: 'k', value: values[index] as string }),
});
const never = new AbortController().signal;
const stateOf = (promise: Promise<void>) => {
  const seen = { state: 'waits' };
  promise.then(
    () => {
      seen.state = 'done';
    },
    (error: Error) => {
      seen.state = error.message;
    },
  );
  return seen;
};

test('what comes while a send is under way goes together in the next, in its order', async () => {
  const { sender, sends, settle } = openBroker();
  const first = stateOf(sender.put(records('a', 'b'), never));
  const second = stateOf(sender.put(records('c'), never));
  const third = stateOf(sender.put(records('d', 'e'), never));
  assert.equal(
    sends.map(({ values }) => values),
    [['a', 'b']],
  );
  assert.is(sender.waiting(), 5);
  await settle(0);
  assert.equal([first.state, second.state], ['done', 'waits']);
  assert.equal(sends[1]?.values, ['c', 'd', 'e']);
  await settle(1);
  assert.equal([second.state, third.state, sender.waiting()], ['done', 'done', 0]);
});

test('a batch that is larger than a send is done when its last part is', async () => {
  const { sender, sends, settle } = openBroker(150);
  const state = stateOf(sender.put(records('a'.repeat(50), 'b'.repeat(50), 'c'.repeat(500), 'd'), never));
  await settle(0);
  await settle(1);
  assert.is(state.state, 'waits');
  await settle(2);
  await settle(3);
  assert.is(state.state, 'done');
  assert.equal(
    sends.map(({ values }) => values.map(([letter]) => letter)),
    [['a'], ['b'], ['c'], ['d']],
  );
});

test('when a send fails all that waits fails with it, nothing of it is sent, and the next one is tried', async () => {
  const { sender, sends, settle, outcomes } = openBroker(150);
  const first = stateOf(sender.put(records('a'.repeat(50), 'b'.repeat(50)), never));
  const second = stateOf(sender.put(records('c'), never));
  await settle(0, new Error('away'));
  assert.equal([first.state, second.state, sends.length, sender.waiting()], ['away', 'away', 1, 0]);
  const third = stateOf(sender.put(records('d'), never));
  await settle(1);
  assert.equal([third.state, sends[1]?.values], ['done', ['d']]);
  assert.equal(
    outcomes.map((one) => (one as Error | undefined)?.message),
    ['away', undefined],
  );
});

test('what is given up is not sent any more, and holds no place', async () => {
  const { sender, sends, settle } = openBroker();
  const controller = new AbortController();
  const first = stateOf(sender.put(records('a'), never));
  const second = stateOf(sender.put(records('b'), controller.signal));
  const third = stateOf(sender.put(records('c'), never));
  controller.abort(new Error('too late'));
  assert.is(sender.waiting(), 2);
  await settle(0);
  await settle(1);
  assert.equal([first.state, second.state, third.state], ['done', 'too late', 'done']);
  assert.equal(
    sends.map(({ values }) => values),
    [['a'], ['c']],
  );
});

test('room is taken and given back, once', () => {
  const room = createRoom(10);
  const back = room.take(7);
  assert.is(room.take(4), undefined);
  assert.ok(room.take(3) !== undefined);
  back?.();
  back?.();
  assert.is(room.taken(), 3);
});

test.run();
