import { StringDecoder } from 'node:string_decoder';

/** One record of a CSV file. */
export interface CsvRecord {
  /** The line that it begins on; the first is 1. */
  readonly line: number;
  readonly fields: readonly string[];
  /** Its text as it stands in the file. */
  readonly text: string;
  /** Why its quotes are wrong; its fields are then of no use. */
  readonly malformed?: string;
}

/** A record may be so long; a quote that is never closed must not read the whole file into memory. */
const longest = 64 * 1024;

/**
 * Reads CSV by RFC 4180 from bytes in UTF-8, a chunk at a time: fields between commas, quotes around what has commas,
 * quotes or line breaks, two quotes for one; lines end with LF or CRLF, the last one may end with nothing; a byte order
 * mark is dropped and an empty line is none. Malformed quotes spoil their line alone.
 */
export function createCsvReader() {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let line = 1;
  let began = false;
  /** Inside a line that is too long, up to its end. */
  let skipping = false;

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
    const records: CsvRecord[] = [];
    let from = 0;
    while (from < text.length) {
      let stop = text.indexOf('\n', from);
      if (skipping) {
        from = stop === -1 ? text.length : stop + 1;
        skipping = stop === -1;
        continue;
      }
      if (stop === -1 && !last) {
        if (text.length - from <= longest) break;
        records.push(tooLong(line, text.slice(from)));
        line += 1;
        skipping = true;
        continue;
      }
      if (stop === -1) stop = text.length;
      const plain = text.slice(from, text.charCodeAt(stop - 1) === 13 && stop > from ? stop - 1 : stop);
      if (!plain.includes('"')) {
        if (plain.length > longest) records.push(tooLong(line, plain));
        else if (plain !== '') records.push({ line, fields: plain.split(','), text: plain });
        line += 1;
        from = stop + 1;
        continue;
      }
      const record = readQuoted(text, from, line, last);
      if (record === undefined) break;
      records.push(record.record);
      line += record.lines;
      from = record.next;
      // Spoiled by a line whose end has not been read yet.
      if (from > text.length && !last) skipping = true;
    }
    rest = text.slice(Math.min(from, text.length));
    return records;
  }

  return { push, end };
}

function tooLong(line: number, text: string): CsvRecord {
  return {
    line,
    fields: [],
    text: text.slice(0, longest),
    malformed: `it is longer than ${longest} characters`,
  };
}

interface Read {
  readonly record: CsvRecord;
  readonly next: number;
  readonly lines: number;
}

/** A record with quotes, from its beginning; undefined when its end has not been read yet. */
function readQuoted(text: string, from: number, line: number, last: boolean): Read | undefined {
  const fields: string[] = [];
  let at = from;
  for (;;) {
    if (text[at] === '"') {
      let value = '';
      let open = at + 1;
      for (;;) {
        const close = text.indexOf('"', open);
        if (close === -1 && !last && text.length - from <= longest) return undefined;
        if (close === -1 || close - from > longest) {
          return spoiled(text, from, line, 'a quote is never closed');
        }
        value += text.slice(open, close);
        if (close + 1 >= text.length && !last) return undefined;
        if (text[close + 1] !== '"') {
          at = close + 1;
          break;
        }
        value += '"';
        open = close + 2;
      }
      if (text[at] === '\r' && at + 1 >= text.length && !last) return undefined;
      if (text[at] === '\r' && (text[at + 1] === '\n' || at + 1 >= text.length)) at += 1;
      if (at < text.length && text[at] !== ',' && text[at] !== '\n') {
        return spoiled(text, from, line, 'there is text behind a closing quote');
      }
      fields.push(value);
    } else {
      const comma = text.indexOf(',', at);
      const newline = text.indexOf('\n', at);
      if (newline === -1 && comma === -1 && !last) return undefined;
      const ends = [comma, newline].filter((place) => place !== -1);
      const stop = ends.length === 0 ? text.length : Math.min(...ends);
      let value = text.slice(at, stop);
      if (stop !== comma && value.endsWith('\r')) value = value.slice(0, -1);
      if (value.includes('"'))
        return spoiled(text, from, line, 'there is a quote inside a field without quotes');
      fields.push(value);
      at = stop;
    }
    if (text[at] === ',') {
      at += 1;
      if (at >= text.length && !last) return undefined;
      continue;
    }
    const whole = text.slice(from, at);
    const lines = whole.split('\n').length;
    return { record: { line, fields, text: whole.replace(/\r$/, '') }, next: at + 1, lines };
  }
}

/** A line of wrong quotes ends where the line ends: what follows is read anew. */
function spoiled(text: string, from: number, line: number, malformed: string): Read {
  const newline = text.indexOf('\n', from);
  const stop = newline === -1 ? text.length : newline;
  const whole = text.slice(from, stop).replace(/\r$/, '');
  return { record: { line, fields: [], text: whole, malformed }, next: stop + 1, lines: 1 };
}
