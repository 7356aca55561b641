import { setTimeout as sleep } from 'node:timers/promises';
import { backoff, type Log, type Progress, seeded } from '@plumbline/kit';
import type { TransactionalProducer, TransactionMessage } from '@plumbline/kit/kafka';
import type { Order, Product, Shop } from '../shop/shop.ts';
import type { ProducerMetrics } from './metrics.ts';

export interface ProduceOptions {
  readonly producer: TransactionalProducer;
  readonly shop: Shop;
  readonly encode: {
    readonly order: (order: Order) => Buffer;
    readonly product: (product: Product) => Buffer;
  };
  readonly orders: string;
  readonly products: string;
  readonly pod: string;
  /** Orders a second. */
  readonly rate: number;
  readonly seed: number;
  /** The most orders that are made and not committed. */
  readonly buffer: number;
  readonly log: Log;
  readonly metrics: ProducerMetrics;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  readonly onReady: (ready: boolean) => void;
}

const tick = 50;
const batch = 1000;
/** An order of so many was placed without a network, and is sent up to ten minutes later. */
const lateOneOf = 500;
const latest = 10 * 60_000;

/**
 * Announces the products, then makes orders at a steady rate, and writes all in order, a transaction at a time. One that
 * failed is written again until it is committed: none is lost, and readers of what is committed see none twice. When the
 * buffer is full nothing is made. Once the signal is aborted it makes no more, and resolves when all is committed.
 */
export async function produce(options: ProduceOptions): Promise<void> {
  const { rate, buffer, metrics, signal, shop } = options;
  const random = seeded(options.seed);
  // A container that starts again in its pod has the pod's name again.
  const series = `${options.pod}-${Date.now().toString(36)}`;
  let count = 0;
  let announced = Date.now();
  const waiting: TransactionMessage[] = shop.products(announced).map((one) => productMessage(options, one));
  let due = 0;
  let last = performance.now();
  const make = () => {
    const [now, elapsed] = [Date.now(), performance.now()];
    for (const product of shop.changed(announced, now)) waiting.push(productMessage(options, product));
    announced = now;
    // What was missed while the buffer was full is not made up for.
    due = Math.min(due + ((elapsed - last) / 1000) * rate, Math.max(rate, 1));
    last = elapsed;
    for (; due >= 1 && waiting.length < buffer; due -= 1) {
      const at = random() * lateOneOf < 1 ? now - Math.floor(random() * latest) : now;
      const order = shop.order(random, `${series}-${count}`, at);
      count += 1;
      waiting.push({
        topic: options.orders,
        key: Buffer.from(order.order_id),
        value: options.encode.order(order),
      });
      metrics.made.inc();
    }
  };
  while (!signal.aborted || waiting.length > 0) {
    if (!signal.aborted) make();
    metrics.waiting.set(waiting.length);
    const messages = waiting.slice(0, batch);
    if (messages.length > 0) {
      await writeUntilCommitted(options, messages);
      waiting.splice(0, messages.length);
    }
    options.progress.done();
    if (waiting.length === 0) await sleep(tick, undefined, { signal }).catch(() => {});
  }
  metrics.waiting.set(0);
  options.log.info({ made: count, series }, 'all that was made is committed');
}

function productMessage({ products, encode }: ProduceOptions, product: Product): TransactionMessage {
  return { topic: products, key: Buffer.from(product.product_id), value: encode.product(product) };
}

async function writeUntilCommitted(
  options: ProduceOptions,
  messages: readonly TransactionMessage[],
): Promise<void> {
  const { producer, metrics, log, progress } = options;
  const waits = backoff();
  for (;;) {
    const end = metrics.seconds.startTimer();
    try {
      await producer.write(messages);
      end();
      break;
    } catch (error) {
      options.onReady(false);
      progress.unavailable();
      metrics.failures.inc();
      log.warn(
        { err: error, attempts: waits.attempts(), records: messages.length },
        'not written; trying again',
      );
      // Not the worker's own signal: what it holds is to be written after that.
      await waits.wait(new AbortController().signal);
    }
  }
  for (const [topic, group] of Map.groupBy(messages, (message) => message.topic)) {
    metrics.sent.inc({ topic }, group.length);
  }
  progress.available();
  options.onReady(true);
}
