import { backoff } from '../backoff.ts';
import type { Log } from '../log.ts';
import { type Migration, SchemaRefused } from './migrations.ts';

/** A server that restarts is waited for; a Job that cannot reach it starts again anyway. */
const deadlineMilliseconds = 120_000;

export interface RunMigrationsOptions {
  /** Brings the database up to date. @returns what it applied */
  readonly migrate: () => Promise<readonly Migration[]>;
  /** How many migrations the code knows. */
  readonly known: number;
  /** True for an error that says that the database is away. */
  readonly isUnavailable: (error: unknown) => boolean;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/**
 * Brings a database's schema up to date, and waits up to two minutes for one that does not answer.
 * @throws what `migrate` fails with otherwise, or still fails with then.
 */
export async function runMigrations(options: RunMigrationsOptions): Promise<void> {
  const { migrate, known, isUnavailable, log, signal } = options;
  const waits = backoff();
  const end = performance.now() + deadlineMilliseconds;
  for (;;) {
    try {
      for (const { version, name } of await migrate()) log.info({ version, name }, 'applied');
      log.info({ version: known }, 'the schema is up to date');
      return;
    } catch (error) {
      const again = !(error instanceof SchemaRefused) && isUnavailable(error);
      if (!again || signal.aborted || performance.now() > end) throw error;
      log.warn({ err: error }, 'the database does not answer; trying again');
      await waits.wait(signal);
    }
  }
}
