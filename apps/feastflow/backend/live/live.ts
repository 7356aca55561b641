import type { Log } from '@plumbline/kit';
import type { Clients } from '@plumbline/kit/http';
import type { OrderRow } from '../orders/views.ts';
import { createWatcher, type Watcher, type WatcherOptions } from './board.ts';

export interface LiveOptions {
  readonly clients: Clients;
  readonly log: Log;
  readonly read: (ids: readonly string[]) => Promise<OrderRow[]>;
}

/** Tells the clients of this replica what the database says of orders. */
export interface Live {
  /** Shows everything, and tells what changes, until the client is gone. */
  readonly watch: (options: WatchOptions) => Promise<void>;
  /** An order is new or has changed. */
  readonly changed: (id: string) => void;
  /** Something may have been missed: everybody is shown everything anew. */
  readonly resync: () => void;
}

export interface WatchOptions extends WatcherOptions {
  /** Calls back when the client is gone. */
  readonly onGone: (then: () => void) => void;
}

/** Orders are read for all clients together: those that came while others were read are one statement. */
export function createLive({ clients, log, read }: LiveOptions): Live {
  const watchers = new Map<Watcher, () => Promise<void>>();
  let due = new Set<string>();
  let isReading = false;
  const showAll = async () => {
    for (const show of [...watchers.values()]) await show();
  };
  const readDue = async () => {
    if (isReading) return;
    isReading = true;
    while (due.size > 0) {
      const ids = [...due];
      due = new Set();
      if (watchers.size === 0) continue;
      try {
        const rows = await read(ids);
        for (const row of rows) for (const watcher of [...watchers.keys()]) watcher.tell(row);
      } catch (error) {
        // Whoever misses it comes back, and is shown everything.
        log.warn({ err: error }, 'orders that changed could not be read');
        clients.endAll();
      }
    }
    isReading = false;
  };
  return {
    changed(id) {
      due.add(id);
      void readDue();
    },
    resync() {
      void showAll();
    },
    async watch({ onGone, ...options }) {
      const { client } = options;
      const watcher = createWatcher(options);
      const show = async () => {
        try {
          await watcher.show();
        } catch (error) {
          log.warn({ err: error }, 'a stream could not be filled');
          client.end();
        }
      };
      // Before it is read: what changes meanwhile is told after it.
      watchers.set(watcher, show);
      onGone(() => watchers.delete(watcher));
      await show();
    },
  };
}
