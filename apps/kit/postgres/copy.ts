import { from } from 'pg-copy-streams';
import type { PoolClient } from './pool.ts';

/** Rows in COPY's text format: columns between tabs, a line a row, with `\` escapes. */
export type CopyText = string | Buffer;

const special = /[\\\t\n\r]/;
const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** A text as one column of COPY's text format. */
export function copyColumn(text: string): string {
  return special.test(text) ? text.replaceAll(/[\\\t\n\r]/g, (found) => escapes[found] ?? found) : text;
}

/**
 * Sends rows by `COPY ... FROM STDIN` and resolves with how many the server took.
 * @throws the server's error; the transaction is then aborted up to its last savepoint.
 */
export function copyRows(client: PoolClient, statement: string, rows: CopyText): Promise<number> {
  return new Promise((resolve, reject) => {
    const stream = client.query(from(statement));
    stream.once('error', reject);
    stream.once('finish', () => resolve(stream.rowCount ?? 0));
    stream.end(rows);
  });
}
