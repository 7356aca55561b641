import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkEvent } from '../../../apps/big-data/event/index.ts';
import { linesOf } from '../../../apps/big-data/generator/index.ts';
import { rhythm } from '../../../apps/big-data/generator/rhythm.ts';
import { type Happening, storefront } from '../../../apps/big-data/generator/storefront.ts';

const start = Date.parse('2026-03-02T12:00:00Z');
const hour = 3_600_000;
const until = (end: number, options: Partial<Parameters<typeof storefront>[0]> = {}): Happening[] => {
  const found: Happening[] = [];
  for (const one of storefront({ seed: 1, rate: 20, start, steady: true, ...options })) {
    if (one.at >= end) return found;
    found.push(one);
  }
  return found;
};
const run = { seed: 1, rate: 50, speed: 1, start, steady: true, duration: 60, late: 0.1, malformed: 0.05 };

test('the same seed and start give the same lines, another of either gives others', () => {
  const texts = (options: Partial<typeof run> = {}) =>
    [...linesOf({ ...run, ...options })].map(({ text }) => text).join('\n');
  const [once, again] = [texts(), texts()];
  assert.ok(once === again);
  assert.not.ok(texts() === texts({ seed: 2 }));
  const ids = (options: Partial<typeof run>) => new Set(texts(options).match(/"id":"[^"]+"/g));
  assert.ok(ids({}).isDisjointFrom(ids({ start: start + 1 })));
});

test('a visit begins with its session and goes on in order; a purchase is what is in the cart', () => {
  const happenings = until(start + hour / 4);
  let last = 0;
  for (const { at } of happenings) {
    assert.ok(at >= last);
    last = at;
  }
  const ids = new Set(happenings.map(({ event }) => event.id));
  assert.is(ids.size, happenings.length);
  let purchases = 0;
  for (const events of Map.groupBy(happenings, ({ event }) => event.session).values()) {
    const [first] = events;
    // One that began before the start is seen from its middle.
    if (first?.event.type !== 'session') continue;
    const cart = new Map<string, number>();
    for (const { event } of events.slice(1)) {
      assert.ok(event.type !== 'session');
      if (event.type === 'cart' && event.action === 'add') cart.set(event.product, event.quantity);
      if (event.type === 'cart' && event.action === 'remove') cart.delete(event.product);
      if (event.type !== 'purchase') continue;
      purchases += 1;
      assert.equal(
        event.lines.map(({ product, quantity }) => [product, quantity]),
        [...cart],
      );
      cart.clear();
    }
  }
  assert.ok(purchases > 50);
});

test('it makes as many events as it is asked for, from its start on', () => {
  for (const rate of [5, 40]) {
    const made = until(start + hour / 2, { rate }).length / 1800;
    assert.ok(Math.abs(made / rate - 1) < 0.1, `${made} of ${rate} a second`);
  }
  const first = until(start + 20_000, { rate: 200 }).length / 20;
  assert.ok(Math.abs(first / 200 - 1) < 0.15, `${first} of 200 a second at its start`);
});

test('days have their rhythm, whose mean is 1, and there are bursts', () => {
  const minutes = Array.from({ length: 1440 }, (_, minute) => rhythm(start + minute * 60_000));
  assert.ok(Math.abs(minutes.reduce((sum, one) => sum + one, 0) / 1440 - 1) < 0.01);
  assert.ok(rhythm(Date.parse('2026-03-02T20:00:00Z')) > 5 * rhythm(Date.parse('2026-03-02T04:00:00Z')));
  const events = until(start + 2 * hour, { steady: false, rate: 5 });
  const byMinute = Map.groupBy(events, ({ at }) => Math.floor(at / 60_000));
  const counts = [...byMinute.values()].map(({ length }) => length).sort((a, b) => a - b);
  const [middle = 0, most = 0] = [counts[counts.length >> 1], counts.at(-1)];
  assert.ok(most > 1.7 * middle, `${most} in the busiest minute, ${middle} in the usual one`);
});

test('so many are late and so many spoilt, and exactly the spoilt ones are no events', () => {
  const lines = [...linesOf({ ...run, duration: 200 })];
  const share = (count: number) => count / lines.length;
  const spoilt = lines.filter(({ malformed }) => malformed);
  assert.ok(Math.abs(share(spoilt.length) - 0.05) < 0.01, `${share(spoilt.length)} spoilt`);
  let late = 0;
  for (const { text, malformed, at } of lines) {
    let fault: unknown;
    try {
      const event = JSON.parse(text);
      fault = checkEvent(event, at);
      const behind = at - Date.parse(event.occurredAt);
      if (behind > 5000) {
        late += 1;
        assert.ok(behind >= 600_000 && behind <= 3_600_000 + 5000);
      }
    } catch (error) {
      fault = error;
    }
    assert.is(fault !== undefined, malformed, text);
  }
  assert.ok(Math.abs(share(late) - 0.1) < 0.02, `${share(late)} late`);
});

test.run();
