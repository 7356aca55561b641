import { sql } from '../sql/index.ts';
import type { Anomaly, Store } from '../store.ts';

/**
 * A change gets its time when its statement runs, and is seen when its transaction commits: later ones may be seen
 * first. So each look goes back so far, milliseconds; no transaction of ours takes that long.
 */
export const overlap = 120_000;

/** What one look takes at most; the rest comes with the next. */
const batch = 2000;

/** Where a client is: the time of the last change that it has, and its anomaly. */
export interface Place {
  readonly changedAt: number;
  readonly id: number;
}

export const placeText = ({ changedAt, id }: Place): string => `${changedAt}-${id}`;

/** @returns undefined for a text that is none. */
export function placeOf(text: string): Place | undefined {
  const [, changedAt, id] = /^(\d{1,15})-(\d{1,15})$/.exec(text) ?? [];
  return changedAt === undefined ? undefined : { changedAt: Number(changedAt), id: Number(id) };
}

/** The place of whoever knows all that there is now; by the database's clock. */
export async function lastPlace(store: Store): Promise<Place> {
  const [last] = await store.query<{ changedAt: Date }>(sql['last-change']);
  return { changedAt: last?.changedAt.getTime() ?? 0, id: 0 };
}

interface Mark {
  readonly id: number;
  readonly changedAt: Date;
}

/** Follows the table: each `look` gives what is new since the last, each change once. */
export interface Follower {
  readonly look: () => Promise<Anomaly[]>;
}

/** Begins at the last change there is: what is older is known, or asked for by a list. */
export async function followChanges(store: Store): Promise<Follower> {
  let newest = (await lastPlace(store)).changedAt;
  /** What was seen of the overlap, by anomaly. */
  const seen = new Map<number, number>();
  for (const { id, changedAt } of await marksSince(store, newest - overlap))
    seen.set(id, changedAt.getTime());
  return {
    async look() {
      const marks = await marksSince(store, newest - overlap);
      const fresh = marks.filter(({ id, changedAt }) => seen.get(id) !== changedAt.getTime());
      const rows = await anomaliesOf(store, fresh);
      for (const { id, changedAt } of rows) {
        seen.set(id, changedAt.getTime());
        newest = Math.max(newest, changedAt.getTime());
      }
      for (const [id, changedAt] of seen) if (changedAt < newest - overlap) seen.delete(id);
      return rows;
    },
  };
}

/** Every change in the overlap and after it: pages, so that the thousands of one detection do not hide the next. */
async function marksSince(store: Store, since: number): Promise<Mark[]> {
  const all: Mark[] = [];
  let from = since;
  for (;;) {
    const marks = await store.query<Mark>(sql['changed-anomalies'], [new Date(from), batch]);
    const known = new Set(all.slice(-batch).map(({ id, changedAt }) => `${id}/${changedAt.getTime()}`));
    const fresh = marks.filter(({ id, changedAt }) => !known.has(`${id}/${changedAt.getTime()}`));
    all.push(...fresh);
    const last = marks.at(-1)?.changedAt.getTime();
    // A page of one and the same moment cannot be passed by time: it is wider than any transaction of ours.
    if (marks.length < batch || last === undefined || last === from) return all;
    from = last;
  }
}

async function anomaliesOf(store: Store, marks: readonly Mark[]): Promise<Anomaly[]> {
  if (marks.length === 0) return [];
  const rows: Anomaly[] = [];
  for (let start = 0; start < marks.length; start += batch) {
    const ids = marks.slice(start, start + batch).map(({ id }) => id);
    rows.push(...(await store.query<Anomaly>(sql['anomalies-by-id'], [ids])));
  }
  return rows.sort((a, b) => a.changedAt.getTime() - b.changedAt.getTime() || a.id - b.id);
}

/** More than a client should take at once, half of what it may leave unread: it asks for the list again. */
export const longestReplay = 300;

/**
 * What a client may have missed since it was at a place; it may get again what it has.
 * @returns undefined when that is too much.
 */
export async function missedSince(store: Store, { changedAt }: Place): Promise<Anomaly[] | undefined> {
  const since = new Date(changedAt - overlap);
  const marks = await store.query<Mark>(sql['changed-anomalies'], [since, longestReplay + 1]);
  return marks.length > longestReplay ? undefined : anomaliesOf(store, marks);
}
