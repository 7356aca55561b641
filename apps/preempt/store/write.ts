import { isRefused, type Pool } from '@plumbline/kit/mysql';
import type { Entry } from './group.ts';
import type { Knowledge, Known } from './known.ts';
import { type EntryRows, type Refused, rowsOf, statementOf } from './rows.ts';

/** What storing some entries came to; everything in `stored` is committed. */
export interface Written {
  readonly stored: readonly Entry[];
  readonly refused: readonly Refused[];
  /** Rows of the stored ones. */
  readonly rows: number;
}

/**
 * Stores entries: each is a statement's part that commits by itself, and one that was stored before changes nothing.
 * One whose data the database refuses is found by halving, and the others land.
 * @throws what the database fails with otherwise; what was stored by then is stored.
 */
export async function writeEntries(
  pool: Pool,
  knowledge: Knowledge,
  entries: readonly Entry[],
): Promise<Written> {
  let read = readAll(entries, await knowledge.now());
  if (read.refused.some(({ unknown }) => unknown)) read = readAll(entries, await knowledge.again());
  const refused = [...read.refused];
  const stored: EntryRows[] = [];
  await writeRows(pool, read.rows, stored, refused);
  return {
    stored: stored.map(({ entry }) => entry),
    refused,
    rows: stored.reduce((sum, { count }) => sum + count, 0),
  };
}

function readAll(entries: readonly Entry[], known: Known): { rows: EntryRows[]; refused: Refused[] } {
  const rows: EntryRows[] = [];
  const refused: Refused[] = [];
  for (const entry of entries) {
    const read = rowsOf(entry, known);
    if (read.ok) rows.push(read.rows);
    else refused.push(read.refused);
  }
  return { rows, refused };
}

async function writeRows(
  pool: Pool,
  rows: readonly EntryRows[],
  stored: EntryRows[],
  refused: Refused[],
): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  try {
    await pool.change(statementOf(rows));
    stored.push(...rows);
  } catch (error) {
    if (!isRefused(error)) throw error;
    if (rows.length === 1) {
      refused.push({ entry: first.entry, reason: (error as Error).message, unknown: false });
      return;
    }
    const middle = rows.length >> 1;
    await writeRows(pool, rows.slice(0, middle), stored, refused);
    await writeRows(pool, rows.slice(middle), stored, refused);
  }
}
