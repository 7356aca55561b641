import type { Pool } from '@plumbline/kit/mysql';
import { sql } from '../sql/index.ts';

/** Until when the source wants to be left alone, and what it said. */
export interface Pause {
  readonly until: Date;
  readonly reason: string;
}

/** What a day's calls may come to by now. */
export interface Budget {
  /** How many calls may be made now. */
  readonly left: () => Promise<number>;
  /**
   * Notes calls before they are made; false, and nothing is noted, where that is more than there is. Those of a further
   * try may come out of what the next quarter of an hour has: a run takes all that there is now for its first ones.
   */
  readonly spend: (calls: number, further?: boolean) => Promise<boolean>;
  /** Notes that nobody asks before a time; of several the latest counts. */
  readonly pause: (pause: Pause) => Promise<void>;
  /** The pause that lasts, whoever noted it. */
  readonly paused: () => Promise<Pause | undefined>;
}

const [secondsADay, periodSeconds] = [86_400, 300];
const furtherPeriods = 3;

/**
 * How many calls the day's first runs may have made together by the end of the run that begins at `time`: as much of the
 * budget as of the day, and of some periods `ahead`.
 */
export function allowedBy(time: Date, budget: number, ahead = 0): number {
  const seconds = (time.getTime() / 1000) % secondsADay;
  const runs = Math.floor(seconds / periodSeconds) + 1 + ahead;
  return Math.min(budget, Math.floor((budget * runs * periodSeconds) / secondsADay));
}

/**
 * The budget of the UTC day of `now`, the database's time. It is kept in the database, and what is noted there is never
 * taken back: a run that is killed has spent what it noted, and two at a time share.
 */
export function openBudget(pool: Pool, budget: number, now: () => Date): Budget {
  let begun = '';
  const today = async () => {
    const day = now().toISOString().slice(0, 10);
    if (day !== begun) await pool.change(sql['begin-day'], [day]);
    begun = day;
    return day;
  };
  return {
    async left() {
      const day = await today();
      const [row] = await pool.query<{ spent: number }>(sql['read-spent'], [day]);
      return Math.max(0, allowedBy(now(), budget) - (row?.spent ?? 0));
    },
    async spend(calls, further = false) {
      const day = await today();
      const allowed = allowedBy(now(), budget, further ? furtherPeriods : 0);
      return (await pool.change(sql['spend-calls'], [calls, day, calls, allowed])).affected === 1;
    },
    async pause({ until, reason }) {
      await pool.change(sql['pause-source'], [until, reason.slice(0, 300)]);
    },
    async paused() {
      const [pause] = await pool.query<Pause>(sql['read-pause'], [now()]);
      return pause;
    },
  };
}
