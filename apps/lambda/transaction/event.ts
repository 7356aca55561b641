import { columns, type Fields, type Row, toRow } from './row.ts';

/** A transaction as it stands in the topic: JSON, with the amount as a text so that no cent is lost. */
export interface Event {
  readonly event_id: string;
  readonly account_id: string;
  readonly merchant: string;
  readonly category: string;
  readonly amount: string;
  readonly currency: string;
  readonly occurred_at: string;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** A record's value as a row, or why it is no transaction. Fields that nobody knows are ignored. */
export function eventRow(value: Buffer | null): Row {
  if (value === null) return { ok: false, reason: 'the record has no value' };
  let parsed: unknown;
  try {
    parsed = JSON.parse(utf8.decode(value));
  } catch (error) {
    return { ok: false, reason: `the value is no JSON: ${(error as Error).message}`.slice(0, 200) };
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    return { ok: false, reason: 'the value is no JSON object' };
  }
  const event = parsed as Readonly<Record<string, unknown>>;
  for (const column of columns) {
    if (typeof event[column] !== 'string') return { ok: false, reason: `${column} is no text` };
  }
  const { event_id, account_id, merchant, category, amount, currency, occurred_at } = parsed as Event;
  const fields: Fields = [event_id, account_id, merchant, category, amount, currency, occurred_at];
  return toRow(fields, 'stream');
}
