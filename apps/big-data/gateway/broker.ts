import { setTimeout as sleep } from 'node:timers/promises';
import { backoff, type Log, within } from '@plumbline/kit';
import type { MessageProducer } from '@plumbline/kit/kafka';

/** Whether Kafka answers, as far as is known. */
export interface Broker {
  /** Why it is not to be sent to, or undefined. */
  readonly away: () => string | undefined;
  /** True once it has answered since the start. */
  readonly met: () => boolean;
  /** A send was acknowledged, or failed. */
  readonly noteSent: (error: unknown) => void;
  /** Asks again and again until the signal is aborted. */
  readonly watch: (signal: AbortSignal) => Promise<void>;
}

const every = 5000;
/** A metadata request of the client has its own deadlines, and tries; this one is only for what hangs between them. */
const deadline = 30_000;

/**
 * A broker that is away is not tried by every request: they are answered at once, and this asks it instead, more and
 * more seldom up to every second, until it answers.
 */
export function watchBroker(
  producer: Pick<MessageProducer, 'reach'>,
  log: Log,
  onChange: (up: boolean) => void,
): Broker {
  let why: string | undefined = 'it has not answered yet';
  let met = false;
  let wake = new AbortController();
  const set = (now: string | undefined, error?: unknown) => {
    const changed = (now === undefined) !== (why === undefined);
    why = now;
    if (now === undefined) met = true;
    if (!changed) return;
    onChange(now === undefined);
    if (now === undefined) log.info('the broker answers');
    else log.warn({ err: error }, 'the broker does not answer');
    wake.abort();
  };
  return {
    away: () => why,
    met: () => met,
    noteSent(error) {
      set(error === undefined ? undefined : 'the last send was not acknowledged', error);
    },
    async watch(signal) {
      const waits = backoff(100, 1000);
      while (!signal.aborted) {
        try {
          await within(producer.reach(), deadline, 'the broker did not answer');
          set(undefined);
          waits.reset();
          wake = new AbortController();
          await sleep(every, undefined, { signal: AbortSignal.any([signal, wake.signal]) }).catch(() => {});
        } catch (error) {
          set('it does not answer', error);
          await waits.wait(signal);
        }
      }
    },
  };
}
