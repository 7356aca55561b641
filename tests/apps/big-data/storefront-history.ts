import type { ReceivedEvent } from '../../../apps/big-data/event/index.ts';
import { storefront } from '../../../apps/big-data/generator/storefront.ts';
import { seeded } from '../../../apps/kit/index.ts';

/** What goes into the topic: its key, its text, and why it is dead where it is. */
export interface Sent {
  readonly key: string;
  readonly value: string;
  readonly event?: ReceivedEvent;
  readonly dead?: { readonly reason: string; readonly detail: string };
}

/**
 * Two hours of a storefront in which a month ends, as the topic would hold them: some events twice, some too late, some
 * that are none. A session is busy in the first forty minutes alone, so that the partition that has it comes through the hours later
 * than the others, however records are shared out among batches.
 */
export function storefrontHistory(count: number, seed: number): Sent[] {
  const next = seeded(seed);
  const start = Date.parse('2026-03-31T23:00:00.000Z');
  const sent: Sent[] = [];
  const send = (event: ReceivedEvent) =>
    sent.push({ key: event.session.toLowerCase(), value: JSON.stringify(event), event });
  const robot = '00000000-0000-4000-8000-000000000001';
  for (const { event } of storefront({ seed, rate: count / 7200, start, steady: true })) {
    const happened = Date.parse(event.occurredAt);
    // The gateway has most within seconds, some on the very edge of too late, some beyond it.
    const dice = next();
    const after =
      dice < 0.01
        ? 600_000
        : dice < 0.03
          ? 600_001 + Math.floor(next() * 3_600_000)
          : Math.floor(next() * 5000);
    const isRobot = next() < 0.4 && happened < start + 40 * 60_000;
    const mine = { ...event, ...(isRobot ? { session: robot } : {}) };
    const received = { ...mine, receivedAt: new Date(happened + after).toISOString() };
    send(received);
    if (next() < 0.03) {
      const again = { ...received, receivedAt: new Date(happened + after + 1000).toISOString() };
      // One UUID has two spellings.
      const [id, session] = [received.id.toUpperCase(), received.session.toUpperCase()];
      send(sent.length % 2 === 0 ? again : { ...again, id, session });
    }
    if (sent.length >= count) break;
  }
  const step = Math.floor(sent.length / deaths.length);
  for (const [index, { value, reason, detail }] of deaths.entries()) {
    sent.splice(index * (step + 1), 0, { key: `dead ${index}`, value, dead: { reason, detail } });
  }
  return sent;
}

const id = '7f0c2f4e-9d3b-4c51-8a52-3a8f5f2f6c10';
const view = {
  ...{ id, type: 'view', session: id, customer: id, product: 'kettle-01', category: 'kitchen' },
  ...{ occurredAt: '2026-03-31T23:30:00.000Z', receivedAt: '2026-03-31T23:30:01.000Z' },
};
const wrong = (what: object) => JSON.stringify({ ...view, ...what });
const field = (pointer: string) => ({
  reason: 'field',
  detail: `${pointer} is missing or not what it takes`,
});
const line = { product: 'kettle-01', category: 'kitchen', quantity: 2, priceCents: 500 };
const purchase = { type: 'purchase', order: id, currency: 'EUR', lines: [line], amountCents: 1000 };

/** Records that are no events, each in its own way. */
const deaths = [
  { value: '', reason: 'json', detail: 'is empty' },
  { value: '{"id":', reason: 'json', detail: 'cannot be read as a JSON object' },
  { value: '[1]', reason: 'json', detail: 'cannot be read as a JSON object' },
  { value: '{}', reason: 'type', detail: '/type is none of session, view, cart, purchase' },
  {
    value: wrong({ type: 'refund' }),
    reason: 'type',
    detail: '/type is none of session, view, cart, purchase',
  },
  { value: wrong({ id: 'seven' }), ...field('/id') },
  { value: wrong({ customer: undefined }), ...field('/customer') },
  { value: wrong({ occurredAt: '2026-02-30T12:00:00.000Z' }), ...field('/occurredAt') },
  { value: wrong({ receivedAt: undefined }), ...field('/receivedAt') },
  { value: wrong({ product: 'a kettle' }), ...field('/product') },
  { value: wrong({ ...purchase, lines: [] }), ...field('/lines') },
  { value: wrong({ ...purchase, lines: [{ ...line, quantity: 1.5 }] }), ...field('/lines') },
  {
    value: wrong({ ...purchase, amountCents: 999 }),
    reason: 'sum',
    detail: '/amountCents is not what the lines make',
  },
  {
    // It would close every window.
    value: wrong({ occurredAt: '2036-01-01T00:00:00.000Z' }),
    ...{ reason: 'clock', detail: '/occurredAt is more than five minutes after /receivedAt' },
  },
  {
    value: wrong({ occurredAt: '2099-01-01T00:00:00.000Z', receivedAt: '2099-01-01T00:00:00.000Z' }),
    ...{ reason: 'clock', detail: "/receivedAt is more than five minutes after the record's own time" },
  },
];
