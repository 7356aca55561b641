/** What one waits for and another rings. Who has waited leaves nothing behind, however often nobody rang. */
export interface Bell {
  readonly ring: () => void;
  /** Resolves when it rings, after some milliseconds, or when the signal is aborted. */
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

export function createBell(): Bell {
  const waiting = new Set<() => void>();
  return {
    ring() {
      for (const wake of waiting) wake();
    },
    wait: (milliseconds, signal) =>
      new Promise((resolve) => {
        const wake = () => {
          clearTimeout(timer);
          waiting.delete(wake);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        const timer = setTimeout(wake, signal.aborted ? 0 : milliseconds);
        waiting.add(wake);
        signal.addEventListener('abort', wake);
      }),
  };
}
