import type { Field } from './fields.ts';
import { hour } from './series.ts';
import type { Judge, Verdict } from './verdicts.ts';

/** What an alert's row says: in the field's own unit. */
export interface Explained {
  readonly peakAt: number;
  readonly value: number;
  readonly expected: number;
  readonly lower: number;
  readonly upper: number;
  readonly text: string;
}

const longest = 500;

/**
 * An alert in plain words: what was measured, what was expected, and why.
 * @param timeZone of the place, IANA: the hour that people there read.
 * @param note what else has to be said, as that there was no model.
 */
export function explain(
  { field, model }: Pick<Judge, 'field' | 'model'>,
  { reading, signal, lower, upper }: Verdict,
  timeZone: string,
  note?: string,
): Explained {
  const amount = amounts(field);
  const clock = clockOf(timeZone);
  const usual = field.unspread(reading.usual);
  const room = 2 * reading.usualDeviation;
  const usually = `at this hour and season usually ${amount.range(
    bound(field, field.unspread(reading.usual - room)),
    bound(field, field.unspread(reading.usual + room)),
  )}`;
  const expected = bound(field, field.unspread(reading.expected));
  const away = reading.levelAway > model.level.centre ? 'above' : 'below';
  const now = `${field.words} of ${amount.one(reading.value)} at ${clock(reading.at)}`;
  const base = { peakAt: reading.at, value: reading.value, expected, lower, upper };
  const said = (text: string, changed: Partial<Explained> = {}): Explained => ({
    ...base,
    ...changed,
    text: `${text.charAt(0).toUpperCase()}${text.slice(1)}${note === undefined ? '' : ` (${note})`}`.slice(
      0,
      longest,
    ),
  });
  switch (signal) {
    case 'impossible':
      return said(
        `${now}: no weather gives less than ${amount.one(field.least)} or more than ${amount.one(field.most)}`,
      );
    case 'jump':
      return said(`${now}; ${usually}, and by the last hours ${amount.one(expected)} was expected`);
    case 'spike': {
      const { at, value, expected: then } = reading.leapt ?? { ...reading, expected: reading.expected };
      const hoped = bound(field, field.unspread(then));
      return said(
        `${field.words} of ${amount.one(value)} at ${clock(at)}, where by the hours before ${amount.one(hoped)} was expected; at ${clock(reading.at)} it was back at ${amount.one(reading.value)}`,
        { peakAt: at, value, expected: hoped },
      );
    }
    case 'unusual':
      return said(`${now}; ${usually}`, { expected: bound(field, usual) });
    case 'level':
      return said(
        `${field.words} has for two days been ${away} what the season lets expect; ${amount.one(reading.value)} at ${clock(reading.at)}; ${usually}`,
        { expected: bound(field, usual) },
      );
    case 'burst':
      return said(
        `${field.words} has leapt about for hours, ${reading.signals.burst.toFixed(1)} times as far as it does usually from one value to the next; ${amount.one(reading.value)} at ${clock(reading.at)}`,
      );
    case 'stuck':
      return said(
        `${field.words} has stood at ${amount.one(reading.value)} for ${Math.round(reading.unmovedFor / hour)} hours, until ${clock(reading.at)}; its history seldom has the same value twice`,
      );
  }
}

function bound(field: Field, value: number): number {
  return Math.min(field.most, Math.max(field.least, value));
}

/** Amounts with their unit, to one digit; a percent needs none. */
function amounts({ unit }: Field) {
  const digits = unit === '%' ? 0 : 1;
  const text = (value: number) =>
    Object.is(Number(value.toFixed(digits)), -0) ? '0' : value.toFixed(digits);
  const one = (value: number) => `${text(value)}${unit === '' ? '' : ` ${unit}`}`;
  return { one, range: (from: number, to: number) => `${text(from)} to ${one(to)}` };
}

/** `14:00` where the place is; by UTC, and said so, where its zone is not known. */
function clockOf(timeZone: string): (at: number) => string {
  const format = (zone: string) =>
    new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' });
  try {
    const own = format(timeZone);
    return (at) => own.format(at);
  } catch {
    const utc = format('UTC');
    return (at) => `${utc.format(at)} UTC`;
  }
}
