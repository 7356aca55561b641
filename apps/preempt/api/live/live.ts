import { setTimeout as sleep } from 'node:timers/promises';
import { backoff, type Log } from '@plumbline/kit';
import { type Clients, messageText } from '@plumbline/kit/http';
import { viewsOf } from '../routes/anomaly-view.ts';
import type { Anomaly, Store } from '../store.ts';
import { type Follower, followChanges, longestReplay, placeText } from './changes.ts';

export interface LiveOptions {
  readonly store: Store;
  readonly clients: Clients;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Milliseconds between two looks; 1000 by default. */
  readonly every?: number;
}

const heartbeat = 15_000;

/** The events that tell clients of anomalies, in the order of their changes; of too many, that the list is to be read. */
export async function anomalyMessages(store: Store, rows: readonly Anomaly[]): Promise<string> {
  if (rows.length > longestReplay) return messageText({ event: 'reset', data: {} });
  const views = await viewsOf(store, rows);
  return views
    .map((data) => {
      const id = placeText({ changedAt: data.changedAt.getTime(), id: data.id });
      return messageText({ event: 'anomaly', id, data });
    })
    .join('');
}

/**
 * Looks once a second for all clients of this replica, and tells them what changed; ends with the signal. While the
 * database is away it tries again, and nothing is missed: it goes on from what it saw last.
 */
export async function runLive({ store, clients, log, signal, every = 1000 }: LiveOptions): Promise<void> {
  const waits = backoff(200, 5000);
  let follower: Follower | undefined;
  let told = '';
  let beat = performance.now();
  while (!signal.aborted) {
    try {
      follower ??= await followChanges(store);
      const rows = await follower.look();
      if (rows.length > 0) clients.tellAll(await anomalyMessages(store, rows));
      if (clients.count() > 0) {
        const summary = messageText({ event: 'summary', data: await store.summary() });
        if (summary !== told) clients.tellAll(summary);
        told = summary;
      }
      waits.reset();
    } catch (error) {
      if (waits.attempts() % 10 === 0) log.warn({ err: error }, 'cannot look for changes; trying again');
      await waits.wait(signal);
    }
    if (performance.now() - beat > heartbeat) {
      beat = performance.now();
      // A comment: it tells proxies, and whoever is gone, that the stream lives.
      clients.tellAll(':\n\n');
    }
    await sleep(every, undefined, { signal }).catch(() => {});
  }
}
