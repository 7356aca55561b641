import { setTimeout as sleep } from 'node:timers/promises';
import { backoff, type Log, type Progress, type Traces } from '@plumbline/kit';
import type { Message, MessageProducer } from '@plumbline/kit/kafka';
import { generate, seeded } from '../transaction/generate.ts';
import type { ProducerMetrics } from './metrics.ts';

export interface ProduceOptions {
  readonly producer: MessageProducer;
  readonly pod: string;
  /** Transactions a second. */
  readonly rate: number;
  readonly seed: number;
  /** The most that is made and not acknowledged. */
  readonly buffer: number;
  readonly log: Log;
  readonly metrics: ProducerMetrics;
  readonly progress: Progress;
  readonly traces: Traces;
  readonly signal: AbortSignal;
  readonly onReady: (ready: boolean) => void;
}

const tick = 50;
const batch = 500;

/**
 * Makes transactions at a steady rate and sends them in order, a batch at a time; one that fails is sent again, the
 * same, until it is acknowledged. When the buffer is full nothing is made. Once the signal is aborted it makes no more,
 * and resolves when all that it made is acknowledged.
 */
export async function produce(options: ProduceOptions): Promise<void> {
  const { rate, buffer, metrics, signal } = options;
  const random = seeded(options.seed);
  // A container that starts again in its pod has the pod's name again.
  const series = `${options.pod}-${Date.now().toString(36)}`;
  const waiting: Message[] = [];
  const wake = createWake();
  let count = 0;
  let making = true;

  const make = async () => {
    let due = 0;
    let last = performance.now();
    while (!signal.aborted) {
      await sleep(tick, undefined, { signal }).catch(() => {});
      const now = performance.now();
      // What was missed while the buffer was full is not made up for.
      due = Math.min(due + ((now - last) / 1000) * rate, Math.max(rate, 1));
      last = now;
      for (; due >= 1 && waiting.length < buffer && !signal.aborted; due -= 1) {
        const event = generate(random, `${series}-${count}`, new Date());
        count += 1;
        waiting.push({ key: event.account_id, value: JSON.stringify(event) });
        metrics.made.inc();
      }
      metrics.waiting.set(waiting.length);
      if (waiting.length > 0) wake.now();
    }
    making = false;
    wake.now();
  };
  const send = async () => {
    while (making || waiting.length > 0) {
      if (waiting.length === 0) await wake.wait();
      const messages = waiting.slice(0, batch);
      if (messages.length === 0) continue;
      await sendUntilTaken(options, messages);
      waiting.splice(0, messages.length);
      metrics.waiting.set(waiting.length);
    }
  };
  await Promise.all([make(), send()]);
  options.log.info({ made: count, series }, 'all that was made is acknowledged');
}

async function sendUntilTaken(options: ProduceOptions, messages: readonly Message[]): Promise<void> {
  const { producer, metrics, log, progress, traces } = options;
  const waits = backoff();
  const span = traces.start('send transactions', 'producer');
  const traced =
    span.traceparent === '' ? messages : messages.map((one) => ({ ...one, traceparent: span.traceparent }));
  for (;;) {
    try {
      await producer.send(traced);
      break;
    } catch (error) {
      options.onReady(false);
      progress.unavailable();
      metrics.failures.inc();
      log.warn(
        { err: error, attempts: waits.attempts(), records: messages.length },
        'not sent; trying again',
      );
      // Not the worker's own signal: what it holds is to be sent after that.
      await waits.wait(new AbortController().signal);
    }
  }
  span.end({ records: messages.length });
  metrics.sent.inc(messages.length);
  progress.available();
  progress.done();
  options.onReady(true);
}

/** Lets one wait until another says that there is something. */
function createWake() {
  let { promise, resolve } = Promise.withResolvers<void>();
  return {
    now: () => resolve(),
    async wait() {
      await promise;
      ({ promise, resolve } = Promise.withResolvers<void>());
    },
  };
}
