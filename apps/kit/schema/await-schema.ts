import { parseArgs } from 'node:util';
import { backoff } from '../backoff.ts';
import { number } from '../config.ts';
import type { Log } from '../log.ts';

/** The setting that `--deadline=SECONDS` is, so that its mistakes stand in one list with the environment's. */
export const deadlineSetting = number('--deadline', 'seconds to wait', {
  least: 1,
  most: 86_400,
  fallback: 300,
});

/** The environment with `--deadline` of the command line in it. @throws Error for another argument. */
export function withDeadline(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { values } = parseArgs({ options: { deadline: { type: 'string' } } });
  return { ...environment, '--deadline': values.deadline };
}

export interface AwaitSchemaOptions {
  readonly version: () => Promise<number>;
  readonly wanted: number;
  /** Seconds. */
  readonly deadline: number;
  /** The Job that makes it. */
  readonly madeBy: string;
  /** Who is asked; the database by default. */
  readonly who?: string;
  /** True for an error that says that it is away. */
  readonly isUnavailable: (error: unknown) => boolean;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Resolves when the database has the schema. @throws Error at the deadline, or when the signal is aborted. */
export async function awaitSchema(options: AwaitSchemaOptions): Promise<void> {
  const { wanted, deadline, madeBy, who = 'the database', isUnavailable, log, signal } = options;
  const end = performance.now() + deadline * 1000;
  const waits = backoff(200, 2000);
  let why = '';
  while (!signal.aborted) {
    try {
      const version = await options.version();
      if (version >= wanted) {
        log.info({ version }, 'the schema is there');
        return;
      }
      why = `the schema is at ${version} of ${wanted}`;
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      why = `${who} does not answer: ${(error as Error).message}`;
    }
    if (performance.now() > end) throw new Error(`waited ${deadline} s: ${why}. See the Job ${madeBy}`);
    log.info(why);
    await waits.wait(signal);
  }
  throw new Error('told to end while waiting');
}
