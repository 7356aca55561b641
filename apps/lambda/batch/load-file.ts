import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { inTransaction, type Pool, type PoolClient } from '@plumbline/kit/postgres';
import { sql } from '../sql/index.ts';
import { loadRows } from '../store/load-rows.ts';
import { clean, NotTransactions, type Reject, readRows } from './read-rows.ts';

/** What became of a file. */
export type Outcome =
  | {
      readonly kind: 'done';
      readonly sha256: string;
      readonly loaded: number;
      readonly known: number;
      readonly rejected: number;
    }
  | { readonly kind: 'known'; readonly sha256: string }
  | { readonly kind: 'elsewhere'; readonly sha256: string }
  | { readonly kind: 'rejected'; readonly sha256: string; readonly reason: string };

/** The file was not the same from one reading to the next. */
export class FileChanged extends Error {
  override readonly name = 'FileChanged';
}

/** Rows between two savepoints: this much is held in memory being loaded, and as much being read. */
const batchRows = 4000;

/**
 * Loads a file in one transaction, once for all: known by its SHA-256, so that the same content under another name, a
 * second run, and a second pod at the same time load nothing. Its job row says how it went.
 * @throws FileChanged when the file changed while it was read (nothing of it is loaded; the next run tries again), and
 * what the database or the disk failed with.
 */
export async function loadFile(pool: Pool, path: string): Promise<Outcome> {
  const sha256 = await hashFile(path);
  const holder = await pool.connect();
  // An error of the connection is met by the statement after it.
  const ignore = () => {};
  holder.on('error', ignore);
  let locked = false;
  try {
    ({ locked } = (await holder.query(sql['lock-file'], [sha256])).rows[0]);
    if (!locked) return { kind: 'elsewhere', sha256 };
    const { rows } = await holder.query<{ status: string }>(sql['read-job'], [sha256]);
    const status = rows[0]?.status;
    if (status === 'done' || status === 'rejected') return { kind: 'known', sha256 };
    const { size } = await stat(path);
    await holder.query(sql['begin-job'], [sha256, basename(path), size]);
    return await loadLocked(pool, holder, path, sha256);
  } finally {
    if (locked) await holder.query(sql['unlock-file'], [sha256]).catch(() => {});
    holder.off('error', ignore);
    holder.release();
  }
}

async function loadLocked(pool: Pool, holder: PoolClient, path: string, sha256: string): Promise<Outcome> {
  const end = (status: string, error: string) =>
    holder.query(sql['end-job'], [sha256, status, 0, 0, 0, error]);
  try {
    return await inTransaction(pool, async (client) => {
      let [loaded, known, rejected] = [0, 0, 0];
      const rows = readRows(path, batchRows);
      let ahead = rows.next();
      for (;;) {
        const step = await ahead;
        if (step.done === true) {
          if (step.value !== sha256) {
            throw new FileChanged(
              `${basename(path)} changed while it was read: put files there under another name, and rename them when they are whole`,
            );
          }
          break;
        }
        const batch = step.value;
        const loading = loadRows(client, batch.rows.take());
        // While the database takes these, the next are read; both are awaited, whichever fails.
        ahead = rows.next();
        const [result] = await Promise.all([loading, ahead.then(() => {})]);
        const refused = result.refused.map(
          ({ index, line, reason }): Reject => ({
            line: batch.lines[index] ?? 0,
            reason,
            // As it was sent: the file's own text is gone by now.
            content: clean(line.replaceAll('\t', ',')),
          }),
        );
        await keepRejects(client, sha256, [...batch.rejects, ...refused]);
        loaded += result.inserted;
        known += result.known;
        rejected += batch.rejects.length + refused.length;
      }
      await client.query(sql['end-job'], [sha256, 'done', loaded, known, rejected, null]);
      return { kind: 'done', sha256, loaded, known, rejected };
    });
  } catch (error) {
    const reason = (error as Error).message;
    if (error instanceof NotTransactions) {
      await end('rejected', reason);
      return { kind: 'rejected', sha256, reason };
    }
    // When the database is what failed, the row stays "running", and the next run takes it up.
    await end('failed', reason).catch(() => {});
    throw error;
  }
}

async function keepRejects(client: PoolClient, sha256: string, rejects: readonly Reject[]): Promise<void> {
  if (rejects.length === 0) return;
  await client.query(sql['reject-lines'], [
    sha256,
    rejects.map(({ line }) => line),
    rejects.map(({ reason }) => clean(reason)),
    rejects.map(({ content }) => content),
  ]);
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) hash.update(chunk);
  return hash.digest('hex');
}
