import { createHash } from 'node:crypto';
import { createRowBuffer, type RowBuffer } from '../store/row-buffer.ts';
import { type Column, columns, type Fields, type Row, toRow } from '../transaction/row.ts';
import { type CsvRecord, createCsvReader } from './csv.ts';
import type { Source } from './source.ts';

/** A line that is no transaction. */
export interface Reject {
  readonly line: number;
  readonly reason: string;
  readonly content: string;
}

/** Some rows of a file, with the lines that they stand on, and what was rejected between them. */
export interface RowBatch {
  readonly rows: RowBuffer;
  readonly lines: number[];
  readonly rejects: Reject[];
}

/** What a file was, once all of it is read. */
export interface ReadToEnd {
  /** Of the bytes that were read, in hexadecimal. */
  readonly sha256: string;
  /** Why the whole file is no file of transactions: then there were no rows. */
  readonly refusal?: string;
}

/** Only the first lines of a record are kept to be looked at. */
export const keptContent = 1000;

/** Bytes read at a time. */
const highWaterMark = 64 * 1024;

/**
 * Reads a file of transactions, and gives its rows in batches of some `size`. A file whose first line does not name the
 * columns is read to its end all the same: only its hash tells whether that line is of the file that is meant.
 * @throws FileUnreadable
 */
export async function* readRows(
  source: Source,
  size: number,
): AsyncGenerator<RowBatch, ReadToEnd, undefined> {
  const hash = createHash('sha256');
  const reader = createCsvReader();
  let order: readonly number[] | undefined;
  let refusal: string | undefined;
  let batch = emptyBatch();
  const take = (records: readonly CsvRecord[]) => {
    for (const record of records) {
      if (order !== undefined) addRecord(batch, record, order);
      else if (refusal === undefined) {
        const header = readHeader(record);
        if (typeof header === 'string') refusal = header;
        else order = header;
      }
    }
  };
  for await (const chunk of source.chunks(highWaterMark)) {
    hash.update(chunk);
    if (refusal !== undefined) continue;
    take(reader.push(chunk));
    if (batch.rows.count() + batch.rejects.length >= size) {
      yield batch;
      batch = emptyBatch();
    }
  }
  take(reader.end());
  if (batch.rows.count() + batch.rejects.length > 0) yield batch;
  const sha256 = hash.digest('hex');
  return refusal === undefined ? { sha256 } : { sha256, refusal };
}

function emptyBatch(): RowBatch {
  return { rows: createRowBuffer(), lines: [], rejects: [] };
}

/** Where each column stands, and how many there are; or why it is no first line of transactions. */
function readHeader({ line, fields, malformed }: CsvRecord): number[] | string {
  const wanted = `the first line is ${columns.join(',')}, in any order`;
  if (malformed !== undefined) return `line ${line}: ${malformed}; ${wanted}`;
  const names = fields.map((name) => name.trim().toLowerCase());
  const missing = columns.filter((column) => !names.includes(column));
  if (missing.length > 0) return `line ${line} names no column ${missing.join(', ')}: ${wanted}`;
  const twice = columns.find((column) => names.indexOf(column) !== names.lastIndexOf(column));
  if (twice !== undefined) return `line ${line} names the column ${twice} twice: ${wanted}`;
  return [...columns.map((column: Column) => names.indexOf(column)), names.length];
}

function addRecord(batch: RowBatch, record: CsvRecord, order: readonly number[]): void {
  const { line, text } = record;
  const row = recordRow(record, order);
  if (row.ok) {
    batch.rows.add(row.line);
    batch.lines.push(line);
  } else batch.rejects.push({ line, reason: row.reason, content: text.slice(0, keptContent) });
}

function recordRow({ fields, malformed }: CsvRecord, order: readonly number[]): Row {
  const width = order[columns.length] ?? 0;
  if (malformed !== undefined) return { ok: false, reason: malformed };
  if (fields.length !== width) {
    return { ok: false, reason: `it has ${fields.length} fields, and the first line has ${width}` };
  }
  const values = columns.map((_, index) => fields[order[index] ?? 0] ?? '') as unknown as Fields;
  return toRow(values, 'batch');
}
