import type { Pool } from '@plumbline/kit/mysql';
import { sql } from '../sql/index.ts';

/** What a message may refer to: fields by their names, and locations. */
export interface Known {
  readonly fields: ReadonlyMap<string, number>;
  readonly locations: ReadonlySet<number>;
}

export interface Knowledge {
  /** What was read last. @throws the database's error when nothing was read yet. */
  readonly now: () => Promise<Known>;
  /** Reads again, unless that was done a moment ago: a message that names what nobody knows must not read each time. */
  readonly again: () => Promise<Known>;
}

const momentMilliseconds = 2000;

/** Fields and locations of the database; fields of the configuration that it has not yet are added. */
export function readKnowledge(pool: Pool, monitored: readonly string[]): Knowledge {
  let known: Known | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  const read = async (): Promise<Known> => {
    let fields = await pool.query<{ id: number; name: string }>(sql['read-fields']);
    const there = new Set(fields.map(({ name }) => name));
    const missing = monitored.filter((name) => !there.has(name));
    if (missing.length > 0) {
      await pool.change(sql['add-fields'], [missing.map((name) => [name, ''])]);
      fields = await pool.query(sql['read-fields']);
    }
    const locations = await pool.query<{ id: number }>(sql['read-location-ids']);
    known = {
      fields: new Map(fields.map(({ id, name }) => [name, id])),
      locations: new Set(locations.map(({ id }) => id)),
    };
    readAt = performance.now();
    return known;
  };
  return {
    now: async () => known ?? (await read()),
    again: async () =>
      known === undefined || performance.now() - readAt > momentMilliseconds ? await read() : known,
  };
}
