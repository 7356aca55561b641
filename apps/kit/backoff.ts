import { setTimeout as sleep } from 'node:timers/promises';

export interface Backoff {
  /** Waits longer each time, up to the longest; ends early when the signal is aborted. */
  readonly wait: (signal: AbortSignal) => Promise<void>;
  /** After a success: the next wait is the shortest again. */
  readonly reset: () => void;
  /** How often it waited since the last success. */
  readonly attempts: () => number;
}

/** Waits of `shortest` milliseconds, doubling up to `longest`, each shortened by chance so that replicas spread. */
export function backoff(shortest = 100, longest = 5000): Backoff {
  let attempts = 0;
  return {
    attempts: () => attempts,
    reset() {
      attempts = 0;
    },
    async wait(signal) {
      const full = Math.min(longest, shortest * 2 ** Math.min(attempts, 16));
      attempts += 1;
      await sleep(full / 2 + (Math.random() * full) / 2, undefined, { signal }).catch(() => {});
    },
  };
}
