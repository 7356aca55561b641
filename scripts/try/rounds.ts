import { setTimeout as sleep } from 'node:timers/promises';
import { lastWords } from '../../trial/process/start.ts';
import type { RunningWorker } from '../../trial/worker.ts';

/** What a CronJob would start again and again. */
export interface Rounds {
  /** What the last run said, when it failed. */
  readonly trouble: () => string | undefined;
  readonly stop: () => Promise<void>;
}

export interface RoundsOptions {
  /** Milliseconds between the end of a run and the next; two never run at a time. */
  readonly everyMilliseconds: number;
  readonly run: (label: string) => Promise<RunningWorker>;
}

export function startRounds({ everyMilliseconds, run }: RoundsOptions): Rounds {
  const over = new AbortController();
  let trouble: string | undefined;
  let current: RunningWorker | undefined;
  const rounds = (async () => {
    for (let round = 1; !over.signal.aborted; round += 1) {
      try {
        current = await run(`round${round}`);
        const { status } = await current.ended;
        trouble = status === 0 ? undefined : `${current.name} ended with ${status}:\n${lastWords(current)}`;
      } catch (error) {
        trouble = (error as Error).message;
      }
      await sleep(everyMilliseconds, undefined, { signal: over.signal }).catch(() => {});
    }
  })();
  return {
    trouble: () => trouble,
    async stop() {
      over.abort();
      await current?.stop();
      await rounds;
    },
  };
}
