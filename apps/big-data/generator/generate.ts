import { setTimeout as sleep } from 'node:timers/promises';
import { type Counts, deliver } from './deliver.ts';
import { type Line, toLines } from './lines.ts';
import { storefront } from './storefront.ts';

export interface GenerateOptions {
  /** Events a second, as the mean of a day. */
  readonly rate: number;
  /** Seconds. */
  readonly duration: number;
  readonly seed: number;
  /** Seconds of the storefront's clock in one of ours. */
  readonly speed: number;
  /** Where the storefront's clock begins, milliseconds since 1970. */
  readonly start: number;
  readonly steady: boolean;
  readonly late: number;
  readonly malformed: number;
  readonly url: string;
  readonly token: string;
  /** Lines of a request at most. */
  readonly batch: number;
  /** Requests under way at most; a session stays in one of them. */
  readonly lanes: number;
  /** Milliseconds without an acknowledgement after which it gives up. */
  readonly patience: number;
  readonly counts: Counts;
  /** Makes no more; what is under way is given up too. */
  readonly signal: AbortSignal;
}

/** The counts of a run that has not begun. */
export const noCounts = (): Counts => ({
  made: 0,
  acknowledged: 0,
  refused: 0,
  unexpected: 0,
  retries: 0,
  waiting: undefined,
});

/** Every line of a run, by its options alone. */
export function* linesOf(
  options: Pick<
    GenerateOptions,
    'seed' | 'rate' | 'speed' | 'start' | 'steady' | 'duration' | 'late' | 'malformed'
  >,
): Generator<Line> {
  const { seed, rate, speed, start, steady, duration } = options;
  const end = start + duration * speed * 1000;
  for (const line of toLines(storefront({ seed, start, steady, rate: rate / speed }), options)) {
    if (line.at >= end) return;
    yield line;
  }
}

/** The longest that a line waits for others of its batch. */
const longestWait = 200;

/**
 * Sends the storefront's events at its own pace, or as fast as the gateway takes them where that is slower: all of them
 * are sent in the end, those of a session in their order. @throws what `deliver` throws
 */
export async function generate(options: GenerateOptions): Promise<void> {
  const { counts, start, speed, signal } = options;
  const lanes = Array.from({ length: options.lanes }, () => createLane(options));
  const began = performance.now();
  const clock = () => start + (performance.now() - began) * speed;
  for (const line of linesOf(options)) {
    while (line.at > clock()) {
      await sleep(Math.min((line.at - clock()) / speed, longestWait / 4), undefined, { signal }).catch(
        () => {},
      );
      signal.throwIfAborted();
    }
    signal.throwIfAborted();
    counts.made += 1;
    const lane = lanes[Number.parseInt(line.session.slice(0, 8), 16) % lanes.length];
    const room = lane?.add(line);
    if (room !== undefined) await room;
  }
  await Promise.all(lanes.map((lane) => lane.end()));
}

interface Lane {
  /** @returns what to wait for before more is added, where there is no room */
  readonly add: (line: Line) => Promise<void> | undefined;
  readonly end: () => Promise<void>;
}

/** Sends one batch after the other. */
function createLane(options: GenerateOptions): Lane {
  const most = options.batch * 2;
  let waiting: Line[] = [];
  let sending: Promise<void> | undefined;
  let failure: unknown;
  const send = async () => {
    try {
      // Let a few gather; a full batch is not waited for.
      if (waiting.length < options.batch) await sleep(longestWait);
      while (waiting.length > 0) {
        const batch = waiting.slice(0, options.batch);
        waiting = waiting.slice(options.batch);
        await deliver(batch, options);
      }
    } catch (error) {
      failure = error;
      waiting = [];
    } finally {
      sending = undefined;
    }
  };
  return {
    add(line) {
      if (failure !== undefined) throw failure;
      waiting.push(line);
      sending ??= send();
      return waiting.length < most ? undefined : sending;
    },
    async end() {
      while (sending !== undefined) await sending;
      if (failure !== undefined) throw failure;
    },
  };
}
