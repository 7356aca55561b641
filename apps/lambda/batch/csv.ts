import { createDecoder, showBytes } from './decode.ts';
import { createOverLong, type OverLong } from './over-long.ts';

/** One record of a CSV file. */
export interface CsvRecord {
  /** The line that it begins on; the first is 1. */
  readonly line: number;
  readonly fields: readonly string[];
  /** Its text as it stands in the file. */
  readonly text: string;
  /** Why it is no record: its quotes, its bytes, its length; its fields are then of no use. */
  readonly malformed?: string;
}

/** Characters that a record may have; a quote that is never closed must not read the whole file into memory. */
const longestRecord = 64 * 1024;
/** Of a record that is longer, so much is kept to be looked at. */
const kept = 1000;

/**
 * Reads CSV by RFC 4180 from bytes in UTF-8, a chunk at a time: fields between commas, quotes around what has commas,
 * quotes or line breaks, two quotes for one; lines end with LF or CRLF, the last one may end with nothing; a byte order
 * mark is dropped and an empty line is none. Malformed quotes spoil their line alone; a record that is too long is
 * passed over up to its end, by its quotes; one with bytes that are no UTF-8 is malformed.
 */
export function createCsvReader(longest = longestRecord) {
  const decoder = createDecoder();
  let rest = '';
  let line = 1;
  let began = false;
  let overLong: OverLong | undefined;

  /** The records that are whole now. */
  function push(bytes: Buffer): CsvRecord[] {
    return take(rest + decoder.write(bytes), false);
  }

  /** The record that nothing ended, if there is one. */
  function end(): CsvRecord[] {
    return take(rest + decoder.end(), true);
  }

  function take(input: string, last: boolean): CsvRecord[] {
    const text = !began && input.startsWith('\ufeff') ? input.slice(1) : input;
    if (text.length > 0) began = true;
    // One look at all of it: nearly always there is nothing to look for in each line.
    const broken = !text.isWellFormed();
    const records: CsvRecord[] = [];
    let from = 0;
    while (from < text.length || (last && overLong !== undefined)) {
      if (overLong !== undefined) {
        const { at, ended } = overLong.pass(text, from, last);
        from = at;
        if (!ended) break;
        records.push(tooLong(overLong, longest));
        line += overLong.breaks();
        overLong = undefined;
        continue;
      }
      const newline = text.indexOf('\n', from);
      if (newline !== -1 || last) {
        const stop = newline === -1 ? text.length : newline;
        const plain = text.slice(from, text.charCodeAt(stop - 1) === 13 && stop > from ? stop - 1 : stop);
        if (plain.includes('"')) {
          const read = readQuoted(text, from, line, last, longest);
          if (read !== undefined) {
            records.push(broken ? checkBytes(read.record) : read.record);
            line += read.lines;
            from = read.next;
            continue;
          }
        } else if (stop - from <= longest) {
          const record = { line, fields: plain.split(','), text: plain };
          if (plain !== '') records.push(broken ? checkBytes(record) : record);
          line += 1;
          from = stop + 1;
          continue;
        }
      }
      if (text.length - from <= longest) break;
      overLong = createOverLong(line, text.slice(from, from + Math.min(kept, longest)));
    }
    rest = text.slice(Math.min(from, text.length));
    return records;
  }

  return { push, end };
}

function checkBytes(record: CsvRecord): CsvRecord {
  if (record.text.isWellFormed()) return record;
  return { ...record, text: showBytes(record.text), malformed: 'it has bytes that are no UTF-8' };
}

function tooLong({ line, text, breaks, open }: OverLong, longest: number): CsvRecord {
  const to = breaks() > 1 ? `, up to line ${line + breaks() - (open() ? 0 : 1)}` : '';
  const why = open() ? ': its quote is never closed' : '';
  const malformed = `it is longer than ${longest} characters${to}${why}`;
  return { line, fields: [], text: showBytes(text), malformed };
}

interface Read {
  readonly record: CsvRecord;
  readonly next: number;
  readonly lines: number;
}

const telling = /[,"\n]/g;

/**
 * A record with quotes, from its beginning; undefined when its end has not been read yet, or is too far away: what is
 * further than the limit decides nothing, so that the same comes out wherever the bytes are cut.
 */
function readQuoted(
  text: string,
  from: number,
  line: number,
  last: boolean,
  longest: number,
): Read | undefined {
  const limit = from + longest;
  const unknown = (at: number) => at > limit || (at >= text.length && !last);
  /** A line of wrong quotes ends where the line ends: what follows is read anew. */
  const spoiled = (malformed: string): Read | undefined => {
    const newline = text.indexOf('\n', from);
    const stop = newline === -1 ? text.length : newline;
    if (unknown(stop)) return undefined;
    const whole = text.slice(from, stop).replace(/\r$/, '');
    return { record: { line, fields: [], text: whole, malformed }, next: stop + 1, lines: 1 };
  };
  const fields: string[] = [];
  let at = from;
  for (;;) {
    if (unknown(at)) return undefined;
    if (text[at] === '"') {
      let value = '';
      let open = at + 1;
      for (;;) {
        const close = text.indexOf('"', open);
        if (unknown(close === -1 ? text.length : close + 1)) return undefined;
        if (close === -1) return spoiled('a quote is never closed');
        value += text.slice(open, close);
        at = close + 1;
        if (text[at] !== '"') break;
        value += '"';
        open = at + 1;
      }
      if (text[at] === '\r') {
        if (unknown(at + 1)) return undefined;
        if (text[at + 1] === '\n' || at + 1 === text.length) at += 1;
      }
      if (at < text.length && text[at] !== ',' && text[at] !== '\n') {
        return spoiled('there is text behind a closing quote');
      }
      fields.push(value);
    } else {
      telling.lastIndex = at;
      const found = telling.exec(text);
      const stop = found?.index ?? text.length;
      if (unknown(stop)) return undefined;
      if (found?.[0] === '"') return spoiled('there is a quote inside a field without quotes');
      const value = text.slice(at, stop);
      fields.push(found?.[0] !== ',' && value.endsWith('\r') ? value.slice(0, -1) : value);
      at = stop;
    }
    if (text[at] === ',') {
      at += 1;
      continue;
    }
    const whole = text.slice(from, at);
    const lines = whole.split('\n').length;
    return { record: { line, fields, text: whole.replace(/\r$/, '') }, next: at + 1, lines };
  }
}
