import { setTimeout as sleep } from 'node:timers/promises';

export interface UntilOptions {
  /** Milliseconds after which waiting is given up. */
  readonly deadline: number;
  /** What is waited for, for the message. */
  readonly what: string;
  /** Milliseconds between two looks; 50 by default. */
  readonly every?: number;
}

/**
 * Looks again and again until there is an answer other than undefined or false.
 * @throws Error that says what did not come in time, with the last error that looking threw.
 */
export async function until<Value>(
  look: () => Promise<Value | undefined | false> | Value | undefined | false,
  { deadline, what, every = 50 }: UntilOptions,
): Promise<Value> {
  const end = performance.now() + deadline;
  let last: unknown;
  for (;;) {
    try {
      const value = await look();
      if (value !== undefined && value !== false) return value;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (performance.now() > end) {
      const why = last instanceof Error ? `: ${last.message}` : '';
      throw new Error(`${what} did not come within ${deadline / 1000} s${why}`, { cause: last });
    }
    await sleep(every);
  }
}
