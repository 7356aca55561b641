import type { Log } from './log.ts';

/**
 * Whether a worker gets on: liveness is progress. It is stuck when there has been work, no dependency refused to answer
 * all the while, and nothing was done for too long; a dependency that is away is waited for.
 */
export interface Progress {
  /** Something was done, or there is nothing to do. */
  readonly done: () => void;
  /** A dependency does not answer: the clock stands still until the next `available`. */
  readonly unavailable: () => void;
  readonly available: () => void;
  /** Why it is stuck, or undefined. */
  readonly stuck: () => string | undefined;
}

/** Ends the process with status 1 when it is stuck, looking every second. @returns what stops looking */
export function exitWhenStuck(progress: Progress, log: Log): () => void {
  const watch = setInterval(() => {
    const why = progress.stuck();
    if (why === undefined) return;
    log.fatal(why);
    process.exit(1);
  }, 1000);
  watch.unref();
  return () => clearInterval(watch);
}

export interface ProgressOptions {
  /** Seconds without progress after which it is stuck. */
  readonly seconds: number;
  /** Milliseconds that only grow; for tests. */
  readonly now?: () => number;
}

export function createProgress({ seconds, now = () => performance.now() }: ProgressOptions): Progress {
  let since = now();
  let away = false;
  return {
    done() {
      since = now();
    },
    unavailable() {
      away = true;
    },
    available() {
      // What was waited for counts from its return.
      if (away) since = now();
      away = false;
    },
    stuck() {
      const idle = (now() - since) / 1000;
      if (away || idle < seconds) return undefined;
      // One that is frozen answers nothing, and refuses nothing either.
      return `there is work, nothing was committed for ${Math.floor(idle)} s, and no dependency is known to be away`;
    },
  };
}
