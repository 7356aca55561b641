import { ConfigError } from './config.ts';
import { createLog, type Log } from './log.ts';

export interface Worker {
  readonly name: string;
  /**
   * Works until the signal is aborted (or its work is done), then finishes what it holds and returns: nothing, or the
   * status of the process where that says more than done or failed.
   */
  readonly work: (log: Log, signal: AbortSignal) => Promise<void> | Promise<number>;
}

/** Below the 60 s that the manifests give between SIGTERM and SIGKILL. */
const graceMilliseconds = 50_000;

/**
 * Runs a worker as the process: the first SIGTERM or SIGINT asks it to end, a second one or the end of the grace ends
 * it; then the process ends as by that signal. Ends with 0 when the work is done (or with what it gave), with 1 when it
 * failed, with 2 when the environment is not right.
 */
export async function runWorker({ name, work }: Worker): Promise<void> {
  const level = process.env.LOG_LEVEL ?? 'info';
  const log = createLog(
    name,
    ['trace', 'debug', 'info', 'warn', 'error', 'fatal'].includes(level) ? level : 'info',
  );
  const controller = new AbortController();
  let received: NodeJS.Signals | undefined;
  const die = (signal: NodeJS.Signals, why: string) => {
    log.warn({ signal }, why);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (received !== undefined) return die(signal, 'told twice: ending at once');
      received = signal;
      log.info({ signal }, 'ending: finishing what is at hand');
      setTimeout(() => die(signal, 'the grace is over: ending at once'), graceMilliseconds).unref();
      controller.abort();
    });
  }
  process.on('unhandledRejection', (error) => {
    log.fatal({ err: error }, 'an error that nobody handled');
    process.exit(1);
  });
  try {
    const status = await work(log, controller.signal);
    log.info('ended');
    process.exit(status ?? 0);
  } catch (error) {
    if (error instanceof ConfigError) {
      log.fatal({ mistakes: error.mistakes }, error.message);
      process.exit(2);
    }
    log.fatal({ err: error }, error instanceof Error ? error.message : String(error));
    process.exit(1);
  }
}
