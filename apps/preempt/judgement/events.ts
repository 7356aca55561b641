import { hour } from './series.ts';
import type { Judge, Verdict } from './verdicts.ts';

/** A time in which a series was wrong, from the first value at `raiseAt` to the first that stays below `clearAt`. */
export interface Event {
  readonly startedAt: number;
  /** Undefined while it lasts. */
  readonly endedAt?: number;
  readonly peak: Verdict;
}

/** What is known of the event before the verdicts that are new. */
export interface Before {
  readonly startedAt: number;
  readonly endedAt?: number;
}

/** An event is over when so many values in a row are below `clearAt`. */
const calm = 2;
/** One that begins again within this time is the same event. */
const again = 12 * hour;

export interface Told {
  /** Events that began after `since`, in their order. */
  readonly begun: readonly Event[];
  /** The event of `before`, if it was open or opened again: with the highest verdict since, if it rose. */
  readonly continued?: { readonly endedAt?: number; readonly peak?: Verdict };
}

/**
 * Tells events from verdicts: one wrong time is one event, though its score wavers.
 * @param verdicts in the order of time, those up to `since` for what they say of an end only.
 * @param since verdicts up to here are final: they begin no event.
 * @param before the last event that began up to `since`.
 */
export function tellEvents(
  { raiseAt, clearAt }: Pick<Judge, 'raiseAt' | 'clearAt'>,
  verdicts: readonly Verdict[],
  since: number,
  before?: Before,
): Told {
  const begun: Event[] = [];
  // An end after `since` is not final: it is told anew.
  const wasOpen = before !== undefined && (before.endedAt === undefined || before.endedAt > since);
  let continued: { endedAt?: number; peak?: Verdict } | undefined = wasOpen ? {} : undefined;
  let open = wasOpen;
  let endedAt = wasOpen ? undefined : before?.endedAt;
  let quiet: number[] = [];
  /** Puts a change of the newest event where that event is. */
  const change = (next: { endedAt?: number; peak?: Verdict }) => {
    const last = begun.at(-1);
    if (last === undefined) continued = { ...continued, ...next };
    else begun[begun.length - 1] = { ...last, ...next };
  };
  for (const verdict of verdicts) {
    const { at } = verdict.reading;
    if (at <= since) {
      // Counts towards an end, as it did when it was new.
      if (before !== undefined && at > before.startedAt)
        quiet = verdict.score < clearAt ? [...quiet, at] : [];
      if (quiet.length >= calm) quiet = quiet.slice(-(calm - 1));
      continue;
    }
    const raised = verdict.score >= raiseAt;
    if (!open && raised) {
      open = true;
      quiet = [];
      if (endedAt !== undefined && at - endedAt <= again) {
        const last = begun.at(-1);
        if (last === undefined) {
          const { endedAt: _, ...rest } = continued ?? {};
          continued = rest;
        } else begun[begun.length - 1] = { startedAt: last.startedAt, peak: last.peak };
        endedAt = undefined;
      } else begun.push({ startedAt: at, peak: verdict });
    }
    if (!open) continue;
    const peak = begun.at(-1)?.peak ?? continued?.peak;
    if (peak === undefined || verdict.score > peak.score) change({ peak: verdict });
    quiet = verdict.score < clearAt ? [...quiet, at] : [];
    if (quiet.length < calm) continue;
    open = false;
    endedAt = quiet[0] as number;
    quiet = [];
    change({ endedAt });
  }
  return { begun, ...(continued === undefined ? {} : { continued }) };
}

export type Severity = 'minor' | 'major' | 'severe';

/** By how many times an event passed the threshold. */
export function severityOf(score: number, raiseAt: number): Severity {
  if (score >= 2.5 * raiseAt) return 'severe';
  return score >= 1.5 * raiseAt ? 'major' : 'minor';
}
