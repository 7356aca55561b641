import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createRowBuffer, type RowBuffer } from '../store/row-buffer.ts';
import { type Column, columns, type Fields, type Row, toRow } from '../transaction/row.ts';
import { type CsvRecord, createCsvReader } from './csv.ts';

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

/** The whole file is no file of transactions: nothing of it is loaded, and it is not tried again. */
export class NotTransactions extends Error {
  override readonly name = 'NotTransactions';
}

/** Only the first lines of a record are kept to be looked at. */
export const keptContent = 1000;

/** Bytes read at a time. */
const highWaterMark = 64 * 1024;

/**
 * Reads a file of transactions, and gives its rows in batches of some `size`; what it returns at the end is the SHA-256
 * of the bytes that it read, in hexadecimal.
 * @throws NotTransactions when its first line does not name the columns.
 */
export async function* readRows(path: string, size: number): AsyncGenerator<RowBatch, string, undefined> {
  const hash = createHash('sha256');
  const reader = createCsvReader();
  let order: readonly number[] | undefined;
  let batch = emptyBatch();
  const take = (records: readonly CsvRecord[]) => {
    for (const record of records) {
      if (order === undefined) order = readHeader(record);
      else addRecord(batch, record, order);
    }
  };
  for await (const chunk of createReadStream(path, { highWaterMark }) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    take(reader.push(chunk));
    if (batch.rows.count() + batch.rejects.length >= size) {
      yield batch;
      batch = emptyBatch();
    }
  }
  take(reader.end());
  if (batch.rows.count() + batch.rejects.length > 0) yield batch;
  return hash.digest('hex');
}

function emptyBatch(): RowBatch {
  return { rows: createRowBuffer(), lines: [], rejects: [] };
}

/** Where each column stands. */
function readHeader(record: CsvRecord): number[] {
  const names = record.fields.map((name) => name.trim().toLowerCase());
  const missing = columns.filter((column) => !names.includes(column));
  if (record.malformed !== undefined || missing.length > 0) {
    throw new NotTransactions(
      `line ${record.line} names no column ${missing.join(', ')}: the first line is ${columns.join(',')}, in any order`,
    );
  }
  const twice = columns.find((column) => names.indexOf(column) !== names.lastIndexOf(column));
  if (twice !== undefined) throw new NotTransactions(`line ${record.line} names the column ${twice} twice`);
  return [...columns.map((column: Column) => names.indexOf(column)), names.length];
}

function addRecord(batch: RowBatch, record: CsvRecord, order: readonly number[]): void {
  const { line, text } = record;
  const row = recordRow(record, order);
  if (row.ok) {
    batch.rows.add(row.line);
    batch.lines.push(line);
  } else batch.rejects.push({ line, reason: row.reason, content: clean(text) });
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

/** What the database can hold as a text: no NUL, no half of a surrogate pair. */
export function clean(text: string): string {
  return text.slice(0, keptContent).replaceAll('\0', '\ufffd').toWellFormed();
}
