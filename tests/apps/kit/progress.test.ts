import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { backoff, createProgress } from '../../../apps/kit/index.ts';

function clock() {
  let at = 0;
  const progress = createProgress({ seconds: 10, now: () => at * 1000 });
  return {
    progress,
    pass(seconds: number) {
      at += seconds;
    },
  };
}

test('nothing done for too long, while none is known to be away, is stuck', () => {
  const { progress, pass } = clock();
  pass(9);
  assert.is(progress.stuck(), undefined);
  pass(1);
  // A database that is frozen does not answer, and nobody knows.
  assert.match(
    progress.stuck() ?? '',
    /nothing was committed for 10 s, and no dependency is known to be away/,
  );
  progress.done();
  assert.is(progress.stuck(), undefined);
});

test('a dependency that is away is waited for, and its return begins a new count', () => {
  const { progress, pass } = clock();
  progress.unavailable();
  pass(1000);
  assert.is(progress.stuck(), undefined);
  progress.available();
  pass(9);
  assert.is(progress.stuck(), undefined);
  pass(1);
  assert.ok(progress.stuck());
});

test('a dependency that goes on answering is no progress', () => {
  const { progress, pass } = clock();
  for (let second = 0; second < 10; second += 1) {
    progress.available();
    pass(1);
  }
  assert.ok(progress.stuck());
});

test('waits are counted until a success, and end at once when told', async () => {
  const waits = backoff(60_000, 60_000);
  const controller = new AbortController();
  controller.abort();
  await waits.wait(controller.signal);
  await waits.wait(controller.signal);
  assert.is(waits.attempts(), 2);
  waits.reset();
  assert.is(waits.attempts(), 0);
});

test.run();
