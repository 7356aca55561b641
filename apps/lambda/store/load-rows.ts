import { copyRows, type PoolClient, sqlState } from '@plumbline/kit/postgres';
import { sql } from '../sql/index.ts';
import { linesOf, type Rows, rowsOf } from './row-buffer.ts';

/** What became of some rows. */
export interface Loaded {
  readonly inserted: number;
  /** Rows whose event id was there already: they change nothing. */
  readonly known: number;
  /** Rows that the database itself refuses, by their place and text, and why. */
  readonly refused: readonly { readonly index: number; readonly line: string; readonly reason: string }[];
}

const uniqueViolation = '23505';

/**
 * Loads rows inside the caller's transaction: straight into the table, and only where an
 * event id is there already through a staging table. A row that the database refuses (a value that passed our checks
 * and not its own) is found by halving, and the others land.
 * @throws whatever is no matter of the rows: then the caller's transaction is lost.
 */
export async function loadRows(client: PoolClient, rows: Rows): Promise<Loaded> {
  if (rows.count === 0) return { inserted: 0, known: 0, refused: [] };
  await client.query('SAVEPOINT rows');
  try {
    const inserted = await copyRows(client, sql['copy-transactions'], rows.text);
    await client.query('RELEASE SAVEPOINT rows');
    return { inserted, known: 0, refused: [] };
  } catch (error) {
    if (sqlState(error) !== uniqueViolation) return afterRefusal(client, rows, error);
  }
  await client.query('ROLLBACK TO SAVEPOINT rows');
  try {
    await client.query(sql['make-staging']);
    await copyRows(client, sql['copy-staging'], rows.text);
    const { rowCount } = await client.query(sql['merge-staging']);
    await client.query(sql['clear-staging']);
    await client.query('RELEASE SAVEPOINT rows');
    const inserted = rowCount ?? 0;
    return { inserted, known: rows.count - inserted, refused: [] };
  } catch (error) {
    return afterRefusal(client, rows, error);
  }
}

async function afterRefusal(client: PoolClient, rows: Rows, error: unknown): Promise<Loaded> {
  // Class 22 is a value that does not fit its type, 23 one that breaks a constraint.
  if (!/^2[23]/.test(sqlState(error) ?? '')) throw error;
  await client.query('ROLLBACK TO SAVEPOINT rows');
  const lines = linesOf(rows);
  const [line = ''] = lines;
  if (lines.length === 1) {
    return { inserted: 0, known: 0, refused: [{ index: 0, line, reason: (error as Error).message }] };
  }
  const middle = lines.length >> 1;
  const first = await loadRows(client, rowsOf(lines.slice(0, middle)));
  const second = await loadRows(client, rowsOf(lines.slice(middle)));
  return {
    inserted: first.inserted + second.inserted,
    known: first.known + second.known,
    refused: [...first.refused, ...second.refused.map((one) => ({ ...one, index: one.index + middle }))],
  };
}
