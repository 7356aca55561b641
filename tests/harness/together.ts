import type { Context, Test } from 'uvu';

/**
 * Tests that mostly wait (for a session or a lock to run out) run at the same time: all of them start when the suite's
 * `before` calls `start`, and each is then reported under its own name. They must share nothing but what `before` made.
 */
export function together(test: Test<Context>) {
  const scenarios = new Map<string, () => Promise<void>>();
  const running = new Map<string, Promise<{ readonly error?: unknown }>>();
  return {
    add(name: string, scenario: () => Promise<void>): void {
      scenarios.set(name, scenario);
      test(name, async () => {
        const ended = await running.get(name);
        if (ended === undefined) throw new Error('nobody started it: call start() in before');
        if ('error' in ended) throw ended.error;
      });
    },
    start(): void {
      for (const [name, scenario] of scenarios) {
        running.set(
          name,
          scenario().then(
            () => ({}),
            (error: unknown) => ({ error }),
          ),
        );
      }
    },
    /** Ends when all have: before what they share is taken away. */
    async ended(): Promise<void> {
      await Promise.all(running.values());
    },
  };
}
