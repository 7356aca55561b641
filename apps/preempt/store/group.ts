import type { Redis, Reply } from '@plumbline/kit/redis';
import { scripts } from './lua/index.ts';

/** An entry of the stream that this consumer has. */
export interface Entry {
  readonly id: string;
  readonly fields: ReadonlyMap<string, string>;
  /** How often it was delivered, this time included. */
  readonly deliveries: number;
}

/** Entries, and how many others were found to be trimmed before they were stored. */
export interface Taken {
  readonly entries: readonly Entry[];
  readonly lost: number;
}

/** An entry that is pending with this consumer. */
export interface Pending {
  readonly id: string;
  readonly deliveries: number;
}

/** One consumer of a group of the stream. Each method is one step in Redis, and throws what it fails with. */
export interface Group {
  /** Makes the group where it is not there; true when it did. */
  readonly open: () => Promise<boolean>;
  /** The next entries that nobody got yet, and the last one that anybody got. */
  readonly readNew: (count: number) => Promise<Taken & { readonly last: string }>;
  /** What this consumer has had for at least so many milliseconds, from an id on (`-`, or `(` before the last one). */
  readonly ownPending: (count: number, idle: number, from: string) => Promise<Pending[]>;
  /** Takes pending entries by their ids: a delivery more of each. */
  readonly take: (ids: readonly string[]) => Promise<Taken>;
  /** Makes this consumer the owner of what others have had for at least so many milliseconds. */
  readonly claimDead: (
    count: number,
    idle: number,
  ) => Promise<{ readonly claimed: readonly Pending[]; readonly lost: number }>;
  /** Says that this consumer is still at work on them, so that nobody claims them. */
  readonly hold: (ids: readonly string[]) => Promise<void>;
  readonly acknowledge: (ids: readonly string[]) => Promise<void>;
  /** Moves an entry to the dead letters; false when somebody else has dealt with it meanwhile. */
  readonly bury: (entry: Entry, reason: string) => Promise<boolean>;
  /** Removes from the stream what every group is done with; how many entries. */
  readonly trim: () => Promise<number>;
  /** Removes consumers that have nothing pending and were not seen for so many milliseconds; `leave` this one too. */
  readonly removeConsumers: (idle: number, leave?: boolean) => Promise<number>;
  /** Entries that were lost so far, dead letters, and entries that are not stored yet. */
  readonly counts: () => Promise<{ readonly lost: number; readonly dead: number; readonly waiting: number }>;
}

export interface GroupOptions {
  readonly redis: Redis;
  readonly stream: string;
  readonly group: string;
  readonly consumer: string;
  readonly deadLetter: string;
}

type Fields = readonly string[];

/** Where the group keeps what Redis does not: how many entries were delivered, and how many lost. */
export function ledgerOf(stream: string, group: string): string {
  return `${stream}:${group}:ledger`;
}

export function openGroup({ redis, stream, group, consumer, deadLetter }: GroupOptions): Group {
  const ledger = ledgerOf(stream, group);
  let cursor = '0-0';
  const script = <Answer extends Reply>(
    name: keyof typeof scripts,
    keys: readonly string[],
    ...values: readonly (string | number)[]
  ) => redis.send<Answer>(['EVAL', scripts[name], keys.length, ...keys, ...values]);
  return {
    open: async () => (await script<number>('open-group', [stream, ledger], group)) === 1,
    async readNew(count) {
      type Answer = readonly [number, string, readonly (readonly [string, Fields])[]];
      const [lost, last, found] = await script<Answer>('read-new', [stream, ledger], group, consumer, count);
      return { lost, last, entries: found.map(([id, fields]) => entry(id, fields, 1)) };
    },
    async ownPending(count, idle, from) {
      type Answer = readonly (readonly [string, string, number, number])[];
      const command = ['XPENDING', stream, group, 'IDLE', idle, from, '+', count, consumer];
      const found = await redis.send<Answer>(command);
      return found.map(([id, , , deliveries]) => ({ id, deliveries }));
    },
    async take(ids) {
      type Answer = readonly [number, readonly (readonly [string, Fields, number])[]];
      const [lost, found] = await script<Answer>('take-pending', [stream, ledger], group, consumer, ...ids);
      return { lost, entries: found.map(([id, fields, deliveries]) => entry(id, fields, deliveries)) };
    },
    async claimDead(count, idle) {
      type Answer = readonly [number, string, readonly (readonly [string, number])[]];
      const answer = script<Answer>('claim-dead', [stream, ledger], group, consumer, idle, cursor, count);
      const [lost, next, claimed] = await answer;
      cursor = next;
      return { lost, claimed: claimed.map(([id, deliveries]) => ({ id, deliveries })) };
    },
    async hold(ids) {
      if (ids.length > 0) await redis.send(['XCLAIM', stream, group, consumer, 0, ...ids, 'JUSTID']);
    },
    async acknowledge(ids) {
      if (ids.length > 0) await redis.send(['XACK', stream, group, ...ids]);
    },
    async bury({ id, fields, deliveries }, reason) {
      const letter = {
        stream,
        id,
        reason,
        deliveries,
        consumer,
        entry: JSON.stringify(Object.fromEntries(fields)),
      };
      const parts = Object.entries(letter).flat();
      return (await script<number>('bury', [stream, deadLetter], group, id, ...parts)) === 1;
    },
    trim: () => script<number>('trim', [stream]),
    removeConsumers: (idle, leave = false) =>
      script<number>('remove-consumers', [stream], group, leave ? consumer : '', idle),
    async counts() {
      const lost = await redis.send<string | null>(['HGET', ledger, 'lost']);
      const dead = await redis.send<number>(['XLEN', deadLetter]);
      const waiting = await redis.send<number>(['XLEN', stream]);
      return { lost: Number(lost ?? 0), dead, waiting };
    },
  };
}

function entry(id: string, list: Fields, deliveries: number): Entry {
  const fields = new Map<string, string>();
  for (let at = 0; at + 1 < list.length; at += 2) fields.set(list[at] ?? '', list[at + 1] ?? '');
  return { id, fields, deliveries };
}
