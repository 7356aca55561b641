import { readObservation } from '../message/observation.ts';
import { sql } from '../sql/index.ts';
import type { Entry } from './group.ts';
import type { Known } from './known.ts';

/** An entry and its rows, as SQL text between commas. */
export interface EntryRows {
  readonly entry: Entry;
  readonly location: number;
  readonly text: string;
  readonly count: number;
}

/** An entry that cannot be stored as it is, and why. */
export interface Refused {
  readonly entry: Entry;
  readonly reason: string;
  /** Something that it refers to may be there a moment later. */
  readonly unknown: boolean;
}

export type Rows =
  | { readonly ok: true; readonly rows: EntryRows }
  | { readonly ok: false; readonly refused: Refused };

/**
 * The rows of an entry. Only numbers that were checked and times of a checked shape become text of the statement, so
 * nothing in it needs to be escaped.
 */
export function rowsOf(entry: Entry, known: Known): Rows {
  const refuse = (reason: string, unknown = false): Rows => ({
    ok: false,
    refused: { entry, reason, unknown },
  });
  const read = readObservation(entry.fields.get('data'));
  if (!read.ok) return refuse(read.reason);
  const { location, collectedAt, observedAt, values } = read.observation;
  if (!known.locations.has(location)) return refuse(`there is no location ${location}`, true);
  const times = `,'${observedAt.slice(0, 10)} ${observedAt.slice(11, -1)}',`;
  const end = `,'${collectedAt.slice(0, 10)} ${collectedAt.slice(11, -1)}')`;
  let text = '';
  let count = 0;
  for (const name of Object.keys(values)) {
    const field = known.fields.get(name);
    if (field === undefined) return refuse(`there is no field ${name}`, true);
    text += `${count === 0 ? '' : ','}(${location},${field}${times}${values[name]}${end}`;
    count += 1;
  }
  return { ok: true, rows: { entry, location, text, count } };
}

const [before = '', after = ''] = sql['store-observations'].split(':rows');

/** One statement for the rows of some entries, in the order of the key: two who store the same wait for each other. */
export function statementOf(rows: readonly EntryRows[]): string {
  const sorted = rows.toSorted((one, other) => one.location - other.location);
  return `${before}${sorted.map(({ text }) => text).join(',')}${after}`;
}
