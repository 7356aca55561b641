import type { Message } from '@plumbline/kit/kafka';
import type { PurchaseLine, StorefrontEvent } from '../event/index.ts';

/** The records of a request: what waits for an acknowledgement is one buffer, however many events it holds. */
export interface Records {
  readonly count: number;
  /** Bytes of one of them, key and value. */
  readonly size: (index: number) => number;
  readonly message: (index: number) => Message;
}

const session = '"session":"';
const uuidLength = 36;

/**
 * Events that were checked, as they go to the topic: what the client sent and when the gateway had it, keyed by the
 * session, so that what happens in one stays in its order. UUIDs are written in small letters, as RFC 9562 has it, so that
 * one is one text.
 */
export function createRecords(receivedAt: string) {
  const texts: string[] = [];
  /** Where each begins, and where its key does. */
  const begins: number[] = [0];
  const keys: number[] = [];
  let length = 0;
  return {
    add(event: StorefrontEvent): void {
      // No text that the schema lets in has anything that JSON escapes, and its numbers are whole: JSON.stringify would
      // write the same, in nearly twice the time.
      const head = `{"id":"${event.id.toLowerCase()}","occurredAt":"${event.occurredAt}",${session}`;
      const who = `${event.session.toLowerCase()}","customer":"${event.customer.toLowerCase()}"`;
      const text = `${head}${who},"type":"${event.type}",${told(event)},"receivedAt":"${receivedAt}"}`;
      texts.push(text);
      keys.push(length + head.length);
      length += text.length;
      begins.push(length);
    },
    /** All that were added: ASCII, as events are. */
    end: (): Records => recordsIn(Buffer.from(texts.join(''), 'latin1'), begins, keys),
  };
}

/** What outlives the reading of a request is made here: beside the texts it would hold them as well. */
function recordsIn(bytes: Buffer, begins: readonly number[], keys: readonly number[]): Records {
  const beginOf = (index: number) => begins[index] as number;
  return {
    count: keys.length,
    size: (index) => beginOf(index + 1) - beginOf(index) + uuidLength,
    message(index) {
      const key = keys[index] as number;
      return {
        key: bytes.subarray(key, key + uuidLength),
        value: bytes.subarray(beginOf(index), beginOf(index + 1)),
      };
    },
  };
}

/** What events of its type say, beside what all do. */
function told(event: StorefrontEvent): string {
  switch (event.type) {
    case 'session':
      return `"country":"${event.country}","device":"${event.device}","source":"${event.source}"`;
    case 'view':
      return `"product":"${event.product}","category":"${event.category}"`;
    case 'cart':
      return `"action":"${event.action}",${lineOf(event)},"currency":"${event.currency}"`;
    case 'purchase': {
      const lines = event.lines.map((line) => `{${lineOf(line)}}`).join();
      const sum = `"amountCents":${event.amountCents},"currency":"${event.currency}"`;
      return `"order":"${event.order.toLowerCase()}","lines":[${lines}],${sum}`;
    }
  }
}

const lineOf = ({ product, category, quantity, priceCents }: PurchaseLine) =>
  `"product":"${product}","category":"${category}","quantity":${quantity},"priceCents":${priceCents}`;
