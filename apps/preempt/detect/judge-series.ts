import {
  day,
  type Event,
  type Explained,
  explain,
  hour,
  type Judge,
  judgeAll,
  type Observation,
  type Severity,
  severityOf,
  tellEvents,
  type Verdict,
} from '../judgement/index.ts';

/** How far before what is new the reading begins: two days for the slow signals, and one to settle. */
export const warmUp = 3 * day;
/** A series that was never judged is judged from so long before its newest value: older times are history. */
export const firstLook = day;

/** An alert that is in the database. */
export interface Told {
  readonly id: number;
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly score: number;
  readonly peakAt: number;
  readonly value: number;
}

export interface Alert extends Explained {
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly severity: Severity;
  readonly score: number;
}

/** What has to change, so that the database says what the verdicts say. */
export type Change =
  | { readonly kind: 'write'; readonly alert: Alert }
  | { readonly kind: 'move'; readonly id: number; readonly startedAt: number }
  | { readonly kind: 'raise'; readonly id: number; readonly alert: Alert }
  | { readonly kind: 'end'; readonly id: number; readonly endedAt: number | undefined }
  | { readonly kind: 'withdraw'; readonly id: number };

export interface SeriesWindow {
  /** From the warm-up on, in the order of time. */
  readonly observations: readonly Observation[];
  /** Up to here all is final. */
  readonly until: number;
  /** Alerts that may still change, or that a new one may belong to, in the order of their begin. */
  readonly told: readonly Told[];
  readonly timeZone: string;
  /** What alerts have to say besides: why there was no model. */
  readonly note?: string;
}

/**
 * Judges what is new in a series, and what was still open to correction. An alert that was told stands, with all before
 * it, unless the source has corrected the value of its peak: a newer model does not take it back.
 */
export function judgeSeries(judge: Judge, window: SeriesWindow): Change[] {
  const { observations, until, told, timeZone, note } = window;
  const values = new Map(observations.map(({ at, value }) => [at, value]));
  const first = observations[0]?.at ?? Number.POSITIVE_INFINITY;
  const isCorrected = ({ peakAt, value }: Told) => peakAt >= first && values.get(peakAt) !== value;
  const corrected = told.filter((one) => one.startedAt > until && isCorrected(one));
  const standing = told.filter((one) => !corrected.includes(one));
  const before = standing.at(-1);
  const since = Math.max(until, before?.startedAt ?? until);
  const { begun, continued } = tellEvents(judge, judgeAll(judge, observations), since, before);

  const alertOf = (verdict: Verdict, startedAt: number, endedAt?: number): Alert => ({
    ...explain(judge, verdict, timeZone, note),
    startedAt,
    ...(endedAt === undefined ? {} : { endedAt }),
    severity: severityOf(verdict.score, judge.raiseAt),
    score: verdict.score,
  });
  const changes: Change[] = [];
  if (before !== undefined && continued !== undefined) {
    const { peak, endedAt } = continued;
    if (peak !== undefined && peak.score > before.score) {
      changes.push({ kind: 'raise', id: before.id, alert: alertOf(peak, before.startedAt, endedAt) });
    }
    if (endedAt !== before.endedAt) changes.push({ kind: 'end', id: before.id, endedAt });
  }
  const left = new Set(corrected);
  for (const event of begun) {
    const same = corrected.find((one) => one.startedAt === event.startedAt);
    const moved = same ?? [...left].find((one) => overlap(one, event));
    if (moved !== undefined) {
      left.delete(moved);
      if (moved !== same) changes.push({ kind: 'move', id: moved.id, startedAt: event.startedAt });
    }
    changes.push({ kind: 'write', alert: alertOf(event.peak, event.startedAt, event.endedAt) });
  }
  for (const { id } of left) changes.push({ kind: 'withdraw', id });
  return changes;
}

function overlap(told: Told, event: Event): boolean {
  const end = (one: { endedAt?: number }) => one.endedAt ?? Number.POSITIVE_INFINITY;
  return told.startedAt <= end(event) + 12 * hour && event.startedAt <= end(told) + 12 * hour;
}
