/** The person, or whoever started the script, wants it to end. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  /** What the process ends with: 128 and the signal's number, as shells have it. */
  readonly exitCode: number;

  constructor(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP') {
    super(`stopped by ${signal}`);
    this.exitCode = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 }[signal];
  }
}

/**
 * Gives the work a signal that Ctrl-C aborts, and lets it clear up before the process ends. More signals change
 * nothing: a terminal sends Ctrl-C to the launcher too, which passes it on.
 */
export async function interruptible(work: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const controller = new AbortController();
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const handlers = signals.map((name) => {
    const handler = () => controller.abort(new Interrupted(name));
    process.on(name, handler);
    return [name, handler] as const;
  });
  try {
    return await work(controller.signal);
  } catch (error) {
    const { reason } = controller.signal;
    if (!controller.signal.aborted || !(reason instanceof Interrupted)) throw error;
    process.stderr.write(`\n${reason.message}; the same command goes on from here\n`);
    return reason.exitCode;
  } finally {
    for (const [name, handler] of handlers) process.off(name, handler);
  }
}
