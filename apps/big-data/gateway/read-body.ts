import { isAscii } from 'node:buffer';
import { checkEvent, type Fault, type StorefrontEvent } from '../event/index.ts';

/** An event of a request that is none: its place among the request's events, from 0. */
export interface WrongEvent extends Fault {
  readonly index: number;
}

export type Read =
  | { readonly kind: 'events'; readonly events: readonly StorefrontEvent[] }
  | { readonly kind: 'wrong'; readonly count: number; readonly wrong: readonly WrongEvent[] }
  | { readonly kind: 'unreadable'; readonly why: string }
  | { readonly kind: 'too-many' };

export interface ReadOptions {
  /** True for one event a line. */
  readonly lines: boolean;
  readonly most: number;
  /** The gateway's clock, milliseconds. */
  readonly now: number;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Reads a request's body: all of its events, or what is wrong with each that is none. */
export function readBody(body: Buffer, { lines, most, now }: ReadOptions): Read {
  let text: string;
  try {
    // Events are ASCII: what is not is read more slowly, to tell what is wrong.
    text = isAscii(body) ? body.toString('latin1') : utf8.decode(body);
  } catch {
    return { kind: 'unreadable', why: 'the body is not UTF-8' };
  }
  const values = lines ? readLines(text) : readJson(text);
  if (typeof values === 'string') return { kind: 'unreadable', why: values };
  if (values.length === 0) return { kind: 'unreadable', why: 'the body holds no event' };
  if (values.length > most) return { kind: 'too-many' };
  const wrong: WrongEvent[] = [];
  values.forEach((value, index) => {
    const fault =
      value instanceof SyntaxError
        ? { pointer: '', message: `is not JSON: ${value.message}` }
        : checkEvent(value, now);
    if (fault !== undefined) wrong.push({ index, ...fault });
  });
  if (wrong.length > 0) return { kind: 'wrong', count: values.length, wrong };
  return { kind: 'events', events: values as StorefrontEvent[] };
}

function readJson(text: string): unknown[] | string {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : [value];
  } catch (error) {
    return `the body is not JSON: ${(error as Error).message}`;
  }
}

/** A line that is not JSON is its error. Lines without anything are none. */
function readLines(text: string): unknown[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      try {
        return JSON.parse(line);
      } catch (error) {
        return error;
      }
    });
}
