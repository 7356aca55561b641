import type { Message } from '@plumbline/kit/kafka';
import type { Records } from './records.ts';

export interface SenderOptions {
  /** Resolves once the broker has them; one is under way at a time. */
  readonly send: (messages: readonly Message[]) => Promise<void>;
  /** The most bytes of one send: below what the topic takes in one batch of a partition. */
  readonly sendBytes: number;
  /** Called with what failed, or with nothing after a success. */
  readonly onSent: (error: unknown, messages: number) => void;
}

export interface Sender {
  /**
   * Resolves once all of the records are acknowledged. Rejects with why not, and then some may be in the topic all the
   * same; or with the signal's reason, and what of them was not on its way is not sent.
   */
  readonly put: (records: Records, signal: AbortSignal) => Promise<void>;
  /** Messages that are not yet acknowledged. */
  readonly waiting: () => number;
}

interface Entry {
  readonly records: Records;
  /** How many are acknowledged. */
  done: number;
  over: boolean;
  readonly settle: (error?: unknown) => void;
}

/**
 * Sends what many requests bring, one send at a time, in the order in which they came: a key's messages keep theirs, and
 * a send that fails has no younger one on its way. When one fails, everything that waits fails with it, at once: the
 * clients come back, and those who come first are the next try.
 */
export function createSender({ send, sendBytes, onSent }: SenderOptions): Sender {
  let entries: Entry[] = [];
  let waiting = 0;
  let running = false;

  const end = (entry: Entry, error?: unknown) => {
    if (entry.over) return;
    entry.over = true;
    waiting -= entry.records.count;
    entry.settle(error);
  };
  const run = async () => {
    running = true;
    for (;;) {
      entries = entries.filter(({ over }) => !over);
      if (entries.length === 0) break;
      const { messages, parts } = gather(entries, sendBytes);
      try {
        await send(messages);
        onSent(undefined, messages.length);
        for (const { entry, count } of parts) {
          entry.done += count;
          if (entry.done === entry.records.count) end(entry);
        }
      } catch (error) {
        onSent(error, messages.length);
        for (const entry of entries) end(entry, error);
      }
    }
    running = false;
  };
  return {
    waiting: () => waiting,
    put(records, signal) {
      return new Promise((resolve, reject) => {
        const onAbort = () => end(entry, signal.reason);
        const entry: Entry = {
          records,
          done: 0,
          over: false,
          settle(error) {
            signal.removeEventListener('abort', onAbort);
            if (error === undefined) resolve();
            else reject(error);
          },
        };
        signal.addEventListener('abort', onAbort, { once: true });
        waiting += records.count;
        entries.push(entry);
        if (!running) void run();
      });
    },
  };
}

/** What Kafka adds to a record, at most: lengths, offsets, times. */
const recordOverhead = 40;

/** The next messages that fit, and how many of each entry they are; always at least one. */
function gather(entries: readonly Entry[], most: number) {
  const messages: Message[] = [];
  const parts: { entry: Entry; count: number }[] = [];
  let bytes = 0;
  for (const entry of entries) {
    let count = 0;
    for (let index = entry.done; index < entry.records.count; index += 1) {
      bytes += entry.records.size(index) + recordOverhead;
      if (bytes > most && messages.length > 0) break;
      messages.push(entry.records.message(index));
      count += 1;
    }
    if (count > 0) parts.push({ entry, count });
    if (bytes > most) break;
  }
  return { messages, parts };
}
