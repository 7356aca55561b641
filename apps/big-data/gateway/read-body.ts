import { isAscii } from 'node:buffer';
import { checkEvent, type Fault, type StorefrontEvent } from '../event/index.ts';
import { createRecords, type Records } from './records.ts';

/** An event of a request that is none: its place among the request's events, from 0. */
export interface WrongEvent extends Fault {
  readonly index: number;
}

export type Read =
  | { readonly kind: 'events'; readonly records: Records }
  | { readonly kind: 'wrong'; readonly count: number; readonly wrong: readonly WrongEvent[] }
  | { readonly kind: 'unreadable'; readonly why: string }
  | { readonly kind: 'too-many' };

export interface ReadOptions {
  /** True for one event a line. */
  readonly lines: boolean;
  readonly most: number;
  /** The gateway's clock. */
  readonly now: Date;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Reads a request's body: all of its events as records of the topic, or what is wrong with each that is none. */
export function readBody(body: Buffer, { lines, most, now }: ReadOptions): Read {
  let text: string;
  try {
    // Events are ASCII: what is not is read more slowly, to tell what is wrong.
    text = isAscii(body) ? body.toString('latin1') : utf8.decode(body);
  } catch {
    return { kind: 'unreadable', why: 'the body is not UTF-8' };
  }
  const time = now.getTime();
  const records = createRecords(now.toISOString());
  const wrong: WrongEvent[] = [];
  let count = 0;
  // Each is written before the next is read: what was parsed is garbage while it is young.
  const take = (value: unknown) => {
    const fault =
      value instanceof SyntaxError
        ? { pointer: '', message: `is not JSON: ${value.message}` }
        : checkEvent(value, time);
    if (fault !== undefined) wrong.push({ index: count, ...fault });
    else if (wrong.length === 0) records.add(value as StorefrontEvent);
    count += 1;
  };
  const read = lines ? readLines(text, most, take) : readJson(text, most, take);
  if (read !== undefined) return read;
  if (count === 0) return { kind: 'unreadable', why: 'the body holds no event' };
  if (wrong.length > 0) return { kind: 'wrong', count, wrong };
  return { kind: 'events', records: records.end() };
}

function readJson(text: string, most: number, take: (value: unknown) => void): Read | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { kind: 'unreadable', why: `the body is not JSON: ${(error as Error).message}` };
  }
  const values: unknown[] = Array.isArray(value) ? value : [value];
  if (values.length > most) return { kind: 'too-many' };
  values.forEach(take);
  return undefined;
}

/** A line that is not JSON is its error. Lines without anything are none. */
function readLines(text: string, most: number, take: (value: unknown) => void): Read | undefined {
  let count = 0;
  for (let begin = 0; begin < text.length; ) {
    const found = text.indexOf('\n', begin);
    const end = found === -1 ? text.length : found;
    const line = text.slice(begin, end);
    begin = end + 1;
    if (line.trim() === '') continue;
    count += 1;
    if (count > most) return { kind: 'too-many' };
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch (error) {
      value = error;
    }
    take(value);
  }
  return undefined;
}
