import { type Bound, inTransaction, type Pool, type Session } from '@plumbline/kit/mysql';
import { sql } from '../sql/index.ts';
import type { Due } from './due.ts';
import { type Alert, type Change, firstLook, judgeSeries, type Told, warmUp } from './judge-series.ts';
import { type ChoiceOptions, chooseJudge } from './judges.ts';

export interface LocationOptions extends ChoiceOptions {
  readonly fields: ReadonlyMap<number, string>;
  readonly windowMilliseconds: number;
}

/** What a location's judging came to. */
export interface Judged {
  readonly series: number;
  readonly byStatistics: number;
  /** Series that nothing can be said of yet. */
  readonly unjudged: number;
  readonly raised: number;
}

interface EventRow {
  readonly id: number;
  readonly field: number;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  readonly score: number;
  readonly peakAt: Date;
  readonly value: number;
}

/** An end within this time may still be taken back by what follows. */
const mayReopen = 13 * 3_600_000;

/**
 * Judges a location's series in one transaction, under the lock of their rows in `judgements`: how far they are judged and
 * the alerts are written together, or not at all. Of two detectors the second one finds nothing new.
 */
export function judgeLocation(pool: Pool, due: Due, options: LocationOptions): Promise<Judged> {
  return inTransaction(pool, async (session) => {
    const { location, fields: ids } = due;
    const judged = { series: 0, byStatistics: 0, unjudged: 0, raised: 0 };
    const untils = await lockJudgements(session, due, options);
    const from = Math.min(...untils.values());
    const rows = await session.query<{ field: number; at: Date; value: number }>(sql['read-observations'], [
      location,
      ids,
      new Date(from - warmUp),
    ]);
    const events = await session.query<EventRow>(sql['read-events'], [
      location,
      ids,
      new Date(from - mayReopen),
    ]);
    for (const [field, until] of untils) {
      const observations = rows
        .filter((row) => row.field === field && row.at.getTime() >= until - warmUp)
        .map(({ at, value }) => ({ at: at.getTime(), value }));
      const newest = observations.at(-1)?.at ?? Number.NEGATIVE_INFINITY;
      if (newest - options.windowMilliseconds <= until) continue;
      const name = options.fields.get(field) ?? '';
      const chosen = await chooseJudge(session, location, { id: field, name }, newest, options);
      judged.series += 1;
      if (chosen === undefined) judged.unjudged += 1;
      else {
        if (chosen.note !== undefined) judged.byStatistics += 1;
        const told = events.filter((event) => event.field === field).map(toldOf);
        const { judge, by, note } = chosen;
        const window = { observations, until, told, timeZone: due.timeZone };
        const changes = judgeSeries(judge, note === undefined ? window : { ...window, note });
        for (const change of changes) await apply(session, location, field, by, change);
        judged.raised += changes.filter(({ kind }) => kind === 'write').length;
      }
      const judgedUntil = new Date(newest - options.windowMilliseconds);
      await session.change(sql['move-judgement'], [judgedUntil, location, field]);
    }
    return judged;
  });
}

/** How far each of the series is judged, locked; a series that is new begins a day before its newest value. */
async function lockJudgements(
  session: Session,
  { location, fields }: Due,
  { windowMilliseconds }: LocationOptions,
): Promise<Map<number, number>> {
  const read = async () => {
    const rows = await session.query<{ field: number; until: Date }>(sql['lock-judgements'], [
      location,
      fields,
    ]);
    return new Map(rows.map(({ field, until }) => [field, until.getTime()]));
  };
  const found = await read();
  const missing = fields.filter((field) => !found.has(field));
  if (missing.length === 0) return found;
  const newest = await session.query<{ field: number; newest: Date }>(sql['read-newest-of'], [
    location,
    missing,
  ]);
  const begin = newest.map(({ field, newest: at }) => [
    location,
    field,
    new Date(at.getTime() - windowMilliseconds - firstLook),
  ]);
  await session.change(sql['begin-judgements'], [begin]);
  return read();
}

function toldOf({ id, startedAt, endedAt, score, peakAt, value }: EventRow): Told {
  return {
    id,
    startedAt: startedAt.getTime(),
    ...(endedAt === null ? {} : { endedAt: endedAt.getTime() }),
    score,
    peakAt: peakAt.getTime(),
    value,
  };
}

async function apply(
  session: Session,
  location: number,
  field: number,
  by: string,
  change: Change,
): Promise<void> {
  switch (change.kind) {
    case 'write': {
      const { startedAt, endedAt } = change.alert;
      const row = [location, field, new Date(startedAt), dateOf(endedAt), ...columnsOf(change.alert, by)];
      await session.change(sql['write-event'], [[row]]);
      return;
    }
    case 'raise':
      await session.change(sql['raise-event'], [...columnsOf(change.alert, by), change.id]);
      return;
    case 'end':
      await session.change(sql['end-event'], [dateOf(change.endedAt), change.id]);
      return;
    case 'move':
      await session.change(sql['move-event'], [new Date(change.startedAt), change.id]);
      return;
    case 'withdraw':
      await session.change(sql['withdraw-event'], [change.id]);
  }
}

const dateOf = (at: number | undefined) => (at === undefined ? null : new Date(at));

/** From `severity` to `judged_by`, as the statements have them. */
function columnsOf(
  { severity, score, peakAt, value, expected, lower, upper, text }: Alert,
  by: string,
): Bound[] {
  return [severity, score, new Date(peakAt), value, expected, lower, upper, text, by];
}
