import type { Session } from '@plumbline/kit/mysql';
import { type Observation, seasonBefore, thin } from './judgement/index.ts';
import { sql } from './sql/index.ts';

/** What a series is learned from, thinned to one value an hour. */
export interface History {
  /** The time before `until`, as long as config.yaml says. */
  readonly recent: readonly Observation[];
  /** The same season of the year before, what of it is not in `recent`; empty in a series' first year. */
  readonly season: readonly Observation[];
}

/** @param until the time whose season is meant. @throws what the database failed with. */
export async function readHistory(
  session: Pick<Session, 'query'>,
  location: number,
  field: number,
  until: number,
  historyMilliseconds: number,
): Promise<History> {
  const since = until - historyMilliseconds;
  const season = seasonBefore(until);
  const rows = await session.query<{ at: Date; value: number }>(sql['read-history'], [
    location,
    field,
    new Date(since),
    new Date(season.from),
    new Date(Math.min(season.until, since)),
  ]);
  const all = thin(rows.map(({ at, value }) => ({ at: at.getTime(), value })));
  const first = all.findIndex(({ at }) => at >= since);
  return first === -1
    ? { recent: [], season: all }
    : { recent: all.slice(first), season: all.slice(0, first) };
}
