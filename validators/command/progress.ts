/**
 * Says what is going on, on standard error: one line that is written over on a terminal, a line each otherwise.
 */
export interface Progress {
  readonly say: (message: string) => void;
  /** Leaves the terminal's line empty for what comes next. */
  readonly done: () => void;
}

/** Progress on standard error; `quiet` says nothing. */
export function startProgress(quiet = false): Progress {
  const terminal = process.stderr.isTTY;
  if (quiet) return { say: () => {}, done: () => {} };
  return {
    say(message) {
      if (terminal) process.stderr.write(`\r\u001b[K${message.slice(0, (process.stderr.columns ?? 80) - 1)}`);
      else process.stderr.write(`${message}\n`);
    },
    done() {
      if (terminal) process.stderr.write('\r\u001b[K');
    },
  };
}
