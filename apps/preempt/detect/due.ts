import type { Pool } from '@plumbline/kit/mysql';
import { sql } from '../sql/index.ts';

/** A location with fields that have news, those first that waited longest. */
export interface Due {
  readonly location: number;
  readonly timeZone: string;
  /** Numbers of its fields. */
  readonly fields: readonly number[];
}

/**
 * The series whose newest observation is not judged. A series that was judged up to its newest value has its
 * `judged_until` exactly one window before it, so no other note of what was seen is needed.
 */
export async function findDue(
  pool: Pool,
  fields: ReadonlyMap<number, string>,
  windowMilliseconds: number,
): Promise<Due[]> {
  const zones = await pool.query<{ id: number; zone: string }>(sql['read-time-zones']);
  const judged = new Map<string, number>();
  for (const { location, field, until } of await pool.query<{
    location: number;
    field: number;
    until: Date;
  }>(sql['read-judgements'])) {
    judged.set(`${location} ${field}`, until.getTime());
  }
  const found = new Map<number, { fields: number[]; oldest: number }>();
  const newest = await pool.query<{ location: number; field: number; newest: Date }>(sql['read-newest']);
  for (const { location, field, newest: at } of newest) {
    if (!fields.has(field)) continue;
    const until = judged.get(`${location} ${field}`) ?? Number.NEGATIVE_INFINITY;
    if (at.getTime() - windowMilliseconds <= until) continue;
    const own = found.get(location) ?? { fields: [], oldest: Number.POSITIVE_INFINITY };
    own.fields.push(field);
    own.oldest = Math.min(own.oldest, until);
    found.set(location, own);
  }
  return zones
    .filter(({ id }) => found.has(id))
    .sort((a, b) => (found.get(a.id)?.oldest ?? 0) - (found.get(b.id)?.oldest ?? 0) || a.id - b.id)
    .map(({ id, zone }) => ({ location: id, timeZone: zone, fields: found.get(id)?.fields ?? [] }));
}
