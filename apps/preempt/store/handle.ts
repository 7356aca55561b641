import { type Backoff, backoff } from '@plumbline/kit';
import { isAway, isUnavailable } from '@plumbline/kit/mysql';
import type { Entry, Pending } from './group.ts';
import type { RunOptions } from './run.ts';
import { type Written, writeEntries } from './write.ts';

/** Deals with entries that this consumer has. */
export interface Handler {
  /** Notes what this consumer has got, and will handle: nobody should take it over meanwhile. */
  readonly got: (entries: readonly Entry[]) => void;
  /** Stores entries, acknowledges what was stored, buries what was refused for the last time. */
  readonly handle: (entries: readonly Entry[]) => Promise<void>;
  /** Takes pending entries again: those that failed too often one by one, so that none takes others with it. */
  readonly handlePending: (pending: readonly Pending[]) => Promise<void>;
  /** Resolves when the database answers, or the signal is aborted. */
  readonly databaseAnswers: () => Promise<void>;
  /** Says that entries were lost. */
  readonly lost: (count: number, how: string) => void;
}

export function createHandler(options: RunOptions): Handler {
  const { group, knowledge, maxDeliveries, log, metrics, progress, signal, pool } = options;
  const waits = backoff();
  const inHand = new Set<string>();
  const got = (entries: readonly Entry[]) => {
    for (const { id } of entries) inHand.add(id);
  };
  const handle = async (entries: readonly Entry[]) => {
    got(entries);
    try {
      await handleGot(entries);
    } finally {
      for (const { id } of entries) inHand.delete(id);
    }
  };
  const handleGot = async (entries: readonly Entry[]) => {
    if (entries.length === 0) return;
    const end = metrics.seconds.startTimer();
    const written = await persist(
      options,
      waits,
      () => writeEntries(pool, knowledge, entries),
      // Nobody should take them over meanwhile; where Redis is away too, that is met later.
      () => group.hold([...inHand]).catch(() => {}),
    );
    if (written === undefined) return;
    await group.acknowledge(written.stored.map(({ id }) => id));
    metrics.entries.inc(written.stored.length);
    metrics.rows.inc(written.rows);
    await buryLast(written);
    end();
    progress.done();
  };
  const buryLast = async ({ refused }: Written) => {
    metrics.refused.inc(refused.length);
    for (const { entry, reason } of refused) {
      const { id, deliveries } = entry;
      if (deliveries < maxDeliveries) {
        log.warn({ id, deliveries, reason }, 'an entry cannot be stored; it is tried again');
      } else await bury(entry, reason);
    }
  };
  const bury = async (entry: Entry, reason: string) => {
    const { id, deliveries } = entry;
    if (!(await group.bury(entry, reason))) return;
    metrics.buried.inc();
    log.error({ id, deliveries, reason }, 'an entry was moved to the dead letters');
  };
  const lost = (count: number, how: string) => {
    if (count > 0) log.error({ entries: count }, `entries are lost: they ${how}`);
  };
  const take = async (ids: readonly string[]) => {
    const taken = await group.take(ids);
    lost(taken.lost, 'were trimmed while this consumer had them');
    return taken.entries;
  };
  return {
    got,
    handle,
    lost,
    async handlePending(pending) {
      const usual = pending.filter(({ deliveries }) => deliveries < maxDeliveries);
      if (usual.length > 0) await handle(await take(usual.map(({ id }) => id)));
      for (const { id, deliveries } of pending) {
        if (deliveries < maxDeliveries || signal.aborted) continue;
        for (const entry of await take([id])) {
          // Whoever had it ended each time before it could say why.
          if (deliveries > maxDeliveries * 2) await bury(entry, 'every consumer that had it ended');
          else await handle([entry]);
        }
      }
    },
    async databaseAnswers() {
      await persist(options, waits, () => knowledge.again());
    },
  };
}

/** Does it until the database does; undefined when it did not and the signal was aborted. What is at hand is tried once. */
async function persist<Value>(
  { log, metrics, progress, signal, onReady }: RunOptions,
  waits: Backoff,
  work: () => Promise<Value>,
  onWait: () => Promise<void> = async () => {},
): Promise<Value | undefined> {
  for (;;) {
    try {
      const value = await work();
      waits.reset();
      progress.available();
      return value;
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      if (isAway(error)) {
        progress.unavailable();
        onReady(false);
      }
      metrics.failures.inc({ dependency: 'mysql' });
      log.warn({ err: error, attempts: waits.attempts() }, 'mysql does not take it; trying again');
      if (signal.aborted) return undefined;
      await onWait();
      await waits.wait(signal);
    }
  }
}
