import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkEvent, type StorefrontEvent } from '../../../apps/big-data/event/index.ts';
import { readBody } from '../../../apps/big-data/gateway/read-body.ts';
import { someEvents, toNdjson } from './events.ts';

const now = Date.now();
const events = someEvents(400, 1);
const one = <Type extends StorefrontEvent['type']>(type: Type) =>
  events.find((event) => event.type === type) as Extract<StorefrontEvent, { type: Type }>;
const read = (text: string, lines: boolean, most = 1000) =>
  readBody(Buffer.from(text), { lines, most, now: new Date(now) });

test('what the storefront makes are events', () => {
  for (const event of events) assert.is(checkEvent(event, now), undefined, JSON.stringify(event));
});

test('each fault is told where it is', () => {
  const [view, cart, purchase] = [one('view'), one('cart'), one('purchase')];
  const [line] = purchase.lines;
  const wrong: readonly (readonly [unknown, string, RegExp])[] = [
    [null, '', /object/],
    ['text', '', /object/],
    [{}, '/type', /missing/],
    [{ ...view, type: 'wish' }, '/type', /none of session, view, cart, purchase/],
    [{ ...view, id: 'x' }, '/id', /uuid/],
    [{ ...view, session: undefined }, '/session', /missing/],
    [{ ...view, colour: 'red' }, '/colour', /not known/],
    [{ ...view, product: 'a b' }, '/product', /pattern/],
    [{ ...view, occurredAt: '2026-02-30T10:00:00Z' }, '/occurredAt', /date-time/],
    [{ ...view, occurredAt: '2026-02-20T10:00:00+01:00' }, '/occurredAt', /pattern/],
    [{ ...view, occurredAt: '2016-12-31T23:59:60Z' }, '/occurredAt', /pattern/],
    [{ ...view, occurredAt: new Date(now + 301_000).toISOString() }, '/occurredAt', /ahead/],
    [{ ...cart, quantity: 0 }, '/quantity', />= 1/],
    [{ ...cart, priceCents: 1.5 }, '/priceCents', /integer/],
    [{ ...cart, action: 'look' }, '/action', /none of add, remove/],
    [{ ...cart, currency: 'euro' }, '/currency', /pattern/],
    [{ ...purchase, lines: [] }, '/lines', /fewer than 1/],
    [{ ...purchase, lines: [{ ...line, quantity: '1' }] }, '/lines/0/quantity', /integer/],
    [{ ...purchase, amountCents: purchase.amountCents + 1 }, '/amountCents', /the lines make/],
  ];
  for (const [value, pointer, message] of wrong) {
    const fault = checkEvent(value, now);
    assert.is(fault?.pointer, pointer, JSON.stringify(value));
    assert.match(fault?.message ?? '', message);
  }
  assert.is(checkEvent({ ...view, occurredAt: new Date(now + 299_000).toISOString() }, now), undefined);
});

test('an event is from the future from the millisecond after five minutes, however its time is written', () => {
  const view = one('view');
  for (let over = -1500; over <= 1500; over += 1) {
    const text = new Date(now + 300_000 + over).toISOString();
    for (const occurredAt of [
      text,
      text.replace(/0+Z$/, 'Z').replace('.Z', 'Z'),
      text.replace(/\.\d+Z$/, 'Z'),
    ]) {
      const isAhead = Date.parse(occurredAt) > now + 300_000;
      assert.is(
        checkEvent({ ...view, occurredAt }, now)?.pointer,
        isAhead ? '/occurredAt' : undefined,
        occurredAt,
      );
    }
  }
});

/** What was read, as it goes to the topic. */
function messages(text: string, lines: boolean): { key: string; value: unknown }[] {
  const found = read(text, lines);
  if (found.kind !== 'events') throw new Error(found.kind);
  return Array.from({ length: found.records.count }, (_, index) => {
    const { key, value } = found.records.message(index);
    assert.is(found.records.size(index), key.length + value.length);
    return { key: key.toString(), value: JSON.parse(value.toString()) };
  });
}

const receivedAt = new Date(now).toISOString();
const recordsOf = (...all: StorefrontEvent[]) =>
  all.map((event) => ({ key: event.session, value: { ...event, receivedAt } }));

test('an event, an array and lines are read alike; lines without anything are none', () => {
  const [a, b] = events as [StorefrontEvent, StorefrontEvent];
  assert.equal(messages(JSON.stringify(a), false), recordsOf(a));
  assert.equal(messages(JSON.stringify([a, b]), false), recordsOf(a, b));
  assert.equal(messages(`\n${toNdjson([a, b])}\r\n`, true), recordsOf(a, b));
});

test('a record says what the client sent, however it was written, with UUIDs in small letters', () => {
  assert.is(new Set(events.map(({ type }) => type)).size, 4);
  assert.equal(messages(toNdjson(events), true), recordsOf(...events));
  const purchase = one('purchase');
  const capital = (text: string) => text.toUpperCase();
  const { id, session, customer, order } = purchase;
  const shouted = {
    id: capital(id),
    session: capital(session),
    customer: capital(customer),
    order: capital(order),
  };
  const text = JSON.stringify({ ...purchase, ...shouted }, undefined, 1)
    .replace(/"quantity": (\d+)/g, '"quantity": $1.0')
    .replace('"type"', '"\\u0074ype"')
    .replace('"amountCents"', '"amountCents": 1, "amountCents"');
  assert.equal(messages(text, false), recordsOf(purchase));
});

test('every wrong line has its index, that of a batch without the empty lines', () => {
  const [a, b] = events as [StorefrontEvent, StorefrontEvent];
  const found = read(`${JSON.stringify(a)}\n\n{"id\n${JSON.stringify(b)}\n[]\n`, true);
  assert.is(found.kind, 'wrong');
  if (found.kind !== 'wrong') return;
  assert.is(found.count, 4);
  assert.equal(
    found.wrong.map(({ index }) => index),
    [1, 3],
  );
  assert.match(found.wrong[0]?.message ?? '', /^is not JSON/);
});

test('what is not UTF-8, not JSON or empty is unreadable, and so many are too many', () => {
  for (const [text, lines] of [
    ['{', false],
    ['', false],
    ['[]', false],
    ['\n', true],
  ] as const)
    assert.is(read(text, lines).kind, 'unreadable', text);
  assert.is(
    readBody(Buffer.from([0xc3, 0x28]), { lines: true, most: 1, now: new Date(now) }).kind,
    'unreadable',
  );
  assert.is(read(toNdjson(events.slice(0, 3)), true, 3).kind, 'events');
  assert.is(read(toNdjson(events.slice(0, 4)), true, 3).kind, 'too-many');
});

test.run();
