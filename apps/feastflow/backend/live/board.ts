import { type Client, messageText } from '@plumbline/kit/http';
import { type Person, partsOf } from '../orders/states.ts';
import { type OrderRow, ofSomebody, orderView } from '../orders/views.ts';

/** Somebody who watches orders: one of them, or a board of all that are theirs. */
export interface Watcher {
  /** Reads everything anew and shows it; one time after the other. @throws what reading fails with. */
  readonly show: () => Promise<void>;
  /** One order, as read now; nothing where it is not theirs to see, or older than what they have. */
  readonly tell: (row: OrderRow) => void;
}

export interface WatcherOptions {
  readonly client: Client;
  readonly person: Person;
  /** All that it is to see. */
  readonly read: () => Promise<readonly OrderRow[]>;
  /** The one order that it watches; all of theirs otherwise. */
  readonly only?: string;
}

/** A watcher that was shown nothing yet. */
export function createWatcher({ client, person, read, only }: WatcherOptions): Watcher {
  const seen = new Map<string, number>();
  /** What comes while everything is read: whether that has it already is not known before. */
  let waiting: OrderRow[] | undefined;
  let shown = Promise.resolve();
  const tell = (row: OrderRow) => {
    if (only !== undefined && row.id !== only) return;
    if ((seen.get(row.id) ?? 0) >= row.version) return;
    const parts = partsOf(person, ofSomebody(row));
    if (parts.length === 0) {
      // Another courier has taken it.
      if (seen.delete(row.id)) client.tell(messageText({ event: 'gone', data: { id: row.id } }));
      return;
    }
    seen.set(row.id, row.version);
    client.tell(messageText({ event: 'order', data: orderView(row, parts) }));
  };
  const showOnce = async () => {
    waiting = [];
    try {
      const rows = await read();
      seen.clear();
      const views = rows.flatMap((row) => {
        const parts = partsOf(person, ofSomebody(row));
        if (parts.length === 0) return [];
        seen.set(row.id, row.version);
        return [orderView(row, parts)];
      });
      client.tell(messageText({ event: 'orders', data: { orders: views } }));
    } finally {
      const missed = waiting;
      waiting = undefined;
      for (const row of missed) tell(row);
    }
  };
  return {
    show() {
      shown = shown.catch(() => {}).then(showOnce);
      return shown;
    },
    tell(row) {
      if (waiting === undefined) tell(row);
      else waiting.push(row);
    },
  };
}
