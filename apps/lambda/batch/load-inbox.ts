import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { backoff, type Log } from '@plumbline/kit';
import { isUnavailable, type Pool } from '@plumbline/kit/postgres';
import { loadFile } from './load-file.ts';
import { FileChanged, FileUnreadable, NoFile } from './source.ts';

/** Tries of one file while the database is away. */
const attempts = 6;

/**
 * Loads every `*.csv` of a folder, in the order of their names; what begins with a dot is not whole yet, and what is no
 * regular file is skipped.
 * @throws Error that names the files which could not be loaded, after all others were.
 */
export async function loadInbox(pool: Pool, inbox: string, log: Log, signal: AbortSignal): Promise<void> {
  const names = (await readdir(inbox))
    .filter((name) => name.endsWith('.csv') && !name.startsWith('.'))
    .sort();
  log.info({ inbox, files: names.length }, 'looking into the inbox');
  const failed: string[] = [];
  for (const name of names) {
    if (signal.aborted) throw new Error('told to end: the files that are left wait for the next run');
    try {
      const outcome = await loadWithPatience(pool, join(inbox, name), log, signal);
      const level = outcome.kind === 'rejected' ? 'error' : 'info';
      log[level]({ file: name, ...outcome }, said[outcome.kind]);
    } catch (error) {
      if (error instanceof NoFile) {
        log.warn({ file: name, reason: error.message }, 'skipped');
        continue;
      }
      log.error({ file: name, err: error }, 'not loaded');
      failed.push(`${name}: ${(error as Error).message}`);
    }
  }
  if (failed.length > 0)
    throw new Error(`${failed.length} of ${names.length} files were not loaded:\n${failed.join('\n')}`);
}

const said = {
  done: 'loaded',
  known: 'was loaded before',
  elsewhere: 'is being loaded by another pod',
  rejected: 'is no file of transactions',
} as const;

async function loadWithPatience(pool: Pool, path: string, log: Log, signal: AbortSignal) {
  const waits = backoff(500, 10_000);
  for (;;) {
    try {
      return await loadFile(pool, path);
    } catch (error) {
      const ofFile = [FileChanged, FileUnreadable, NoFile].some((kind) => error instanceof kind);
      if (ofFile || !isUnavailable(error) || waits.attempts() >= attempts || signal.aborted) throw error;
      log.warn({ err: error, file: path }, 'the database does not answer; trying again');
      await waits.wait(signal);
    }
  }
}
