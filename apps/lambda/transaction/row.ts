import { copyColumn } from '@plumbline/kit/postgres';

/** The columns of a transaction, as its CSV files have them in their first line. */
export const columns = [
  'event_id',
  'account_id',
  'merchant',
  'category',
  'amount',
  'currency',
  'occurred_at',
] as const;

export type Column = (typeof columns)[number];

/** A transaction's values as texts, in the order of `columns`. */
export type Fields = readonly [string, string, string, string, string, string, string];

/** A line of COPY's text format, or why the values are no transaction. */
export type Row =
  | { readonly ok: true; readonly line: string }
  | { readonly ok: false; readonly reason: string };

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
const control = /[\u0000-\u001f\u007f]/;
const amount = /^-?\d{1,12}(?:\.\d{1,2})?$/;
const currency = /^[A-Z]{3}$/;
const instant =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[T ](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)$/;
const longest = { event_id: 200, account_id: 100, merchant: 200, category: 100 } as const;

/** Checks a transaction's values and makes its row; `source` says which way it came. */
export function toRow(fields: Fields, source: 'stream' | 'batch'): Row {
  const [event, account, merchant, category, value, money, at] = fields;
  const reason =
    wrongText('event_id', event) ??
    wrongText('account_id', account) ??
    wrongText('merchant', merchant) ??
    wrongText('category', category) ??
    (amount.test(value) ? undefined : `amount "${shorten(value)}" is no number with at most two decimals`) ??
    (currency.test(money) ? undefined : `currency "${shorten(money)}" is not three capital letters`) ??
    (isInstant(at)
      ? undefined
      : `occurred_at "${shorten(at)}" is no time with a zone, as 2026-01-03T17:06:23Z`);
  if (reason !== undefined) return { ok: false, reason };
  // One look at all four: nearly always there is nothing to escape.
  const texts = `${event}\t${account}\t${merchant}\t${category}`;
  const escaped = texts.includes('\\')
    ? [event, account, merchant, category].map(copyColumn).join('\t')
    : texts;
  const line = `${escaped}\t${value}\t${money}\t${at}\t${source}\n`;
  return { ok: true, line };
}

function wrongText(column: keyof typeof longest, value: string): string | undefined {
  if (value === '') return `${column} is empty`;
  if (value.length > longest[column]) return `${column} has more than ${longest[column]} characters`;
  if (control.test(value)) return `${column} has a control character`;
  // As UTF-8 it would become another text, and two such ids perhaps one.
  return value.isWellFormed() ? undefined : `${column} has half of a surrogate pair`;
}

function isInstant(value: string): boolean {
  if (!instant.test(value)) return false;
  const day = Number(value.slice(8, 10));
  const year = Number(value.slice(0, 4));
  if (year === 0) return false;
  return day <= 28 || day <= new Date(Date.UTC(year, Number(value.slice(5, 7)), 0)).getUTCDate();
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}...` : text;
}
