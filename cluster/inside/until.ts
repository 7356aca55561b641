import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Tries again and again, ever less often, until an attempt does not throw.
 * @param deadline milliseconds
 * @param most milliseconds that lie between two attempts at last
 * @throws Error that names what was waited for, with the last attempt's reason.
 */
export async function until(
  what: string,
  attempt: () => Promise<unknown>,
  deadline = 180_000,
  most = 1000,
): Promise<void> {
  const end = performance.now() + deadline;
  for (let pause = 50; ; pause = Math.min(pause * 1.5, most)) {
    try {
      await attempt();
      return;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (performance.now() > end) {
        throw new Error(`${what}: not so after ${Math.round(deadline / 1000)} s: ${reason}`);
      }
    }
    await sleep(pause);
  }
}
