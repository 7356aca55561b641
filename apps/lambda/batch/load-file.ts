import { inTransaction, type Pool, type PoolClient, sqlState } from '@plumbline/kit/postgres';
import { sql } from '../sql/index.ts';
import { loadRows } from '../store/load-rows.ts';
import { keptContent, type ReadToEnd, type Reject, readRows } from './read-rows.ts';
import { changed, hashSource, openSource, type Source } from './source.ts';

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

/** Rows between two savepoints: this much is held in memory being loaded, and as much being read. */
const batchRows = 12_000;

const lockNotAvailable = '55P03';

/**
 * Loads a file in one transaction, once for all: known by its SHA-256, so that the same content under another name, a
 * second run, and a second pod at the same time load nothing. Its job row says how it went; the transaction that loads
 * holds the lock of that row and writes the verdict itself, so that none is given on what another transaction did.
 * @throws NoFile when there is nothing to read; FileChanged when the file changed while it was read (nothing of it is
 * loaded; the next run tries again); FileUnreadable; and what the database failed with.
 */
export async function loadFile(pool: Pool, path: string): Promise<Outcome> {
  const source = await openSource(path);
  try {
    const sha256 = await hashSource(source);
    await source.unchanged();
    const begun = await begin(pool, source, sha256);
    return begun ?? (await load(pool, source, sha256));
  } finally {
    await source.close();
  }
}

/** Notes that a file is being loaded, for people to see; what there is to say when it is not to be loaded here. */
async function begin(pool: Pool, { name, bytes }: Source, sha256: string): Promise<Outcome | undefined> {
  return unlessLocked(sha256, () =>
    inTransaction(pool, async (client): Promise<Outcome | undefined> => {
      if (await isEnded(client, sha256)) return { kind: 'known', sha256 };
      await client.query(sql['begin-job'], [sha256, name, bytes.toString()]);
      return undefined;
    }),
  );
}

async function load(pool: Pool, source: Source, sha256: string): Promise<Outcome> {
  try {
    return await unlessLocked(sha256, () =>
      inTransaction(pool, async (client): Promise<Outcome> => {
        if (await isEnded(client, sha256)) return { kind: 'known', sha256 };
        await client.query(sql['clear-rejects'], [sha256]);
        const counts = await loadAll(client, source, sha256);
        if (counts.sha256 !== sha256) throw changed(source.name);
        await source.unchanged();
        const { loaded, known, rejected, refusal } = counts;
        const status = refusal === undefined ? 'done' : 'rejected';
        await client.query(sql['end-job'], [sha256, status, loaded, known, rejected, refusal ?? null]);
        return refusal === undefined
          ? { kind: 'done', sha256, loaded, known, rejected }
          : { kind: 'rejected', sha256, reason: refusal };
      }),
    );
  } catch (error) {
    // When the database is what failed, the row stays "running", and the next run takes it up.
    await pool.query(sql['fail-job'], [sha256, (error as Error).message]).catch(() => {});
    throw error;
  }
}

interface Counts extends ReadToEnd {
  readonly loaded: number;
  readonly known: number;
  readonly rejected: number;
}

async function loadAll(client: PoolClient, source: Source, sha256: string): Promise<Counts> {
  let [loaded, known, rejected] = [0, 0, 0];
  const rows = readRows(source, batchRows);
  try {
    let ahead = rows.next();
    for (;;) {
      const step = await ahead;
      if (step.done === true) return { ...step.value, loaded, known, rejected };
      const batch = step.value;
      const loading = loadRows(client, batch.rows.take());
      // While the database takes these, the next are read; both are awaited, whichever fails.
      ahead = rows.next();
      const [result] = await Promise.allSettled([loading, ahead]);
      if (result.status === 'rejected') throw result.reason;
      const refused = result.value.refused.map(
        ({ index, line, reason }): Reject => ({
          line: batch.lines[index] ?? 0,
          reason,
          // As it was sent: the file's own text is gone by now.
          content: line.replaceAll('\t', ',').slice(0, keptContent),
        }),
      );
      await keepRejects(client, sha256, [...batch.rejects, ...refused]);
      loaded += result.value.inserted;
      known += result.value.known;
      rejected += batch.rejects.length + refused.length;
    }
  } finally {
    // It reads ahead through a descriptor that is closed next.
    await rows.return(undefined as never);
  }
}

/** Whether a file's job needs no more work; locks its row until the transaction ends. */
async function isEnded(client: PoolClient, sha256: string): Promise<boolean> {
  const { rows } = await client.query<{ status: string }>(sql['lock-job'], [sha256]);
  return rows[0]?.status === 'done' || rows[0]?.status === 'rejected';
}

async function unlessLocked<Result>(sha256: string, work: () => Promise<Result>): Promise<Result | Outcome> {
  try {
    return await work();
  } catch (error) {
    if (sqlState(error) !== lockNotAvailable) throw error;
    return { kind: 'elsewhere', sha256 };
  }
}

async function keepRejects(client: PoolClient, sha256: string, rejects: readonly Reject[]): Promise<void> {
  if (rejects.length === 0) return;
  await client.query(sql['reject-lines'], [
    sha256,
    rejects.map(({ line }) => line),
    rejects.map(({ reason }) => reason),
    rejects.map(({ content }) => content),
  ]);
}
