import { setTimeout as sleep } from 'node:timers/promises';
import { Producer } from '@platformatic/kafka';
import { seeded } from '../../../apps/kit/index.ts';
import { connectTransactions, NotWritten, type TransactionMessage } from '../../../apps/kit/kafka/index.ts';
import { openShop, type Product } from '../../../apps/streaming/shop/shop.ts';
import type { SentOrder } from './expected-revenue.ts';
import { encoders, type Rig } from './rig.ts';

/** A shop whose time goes faster than the clock: what it wrote, and how to end it. */
export interface Feed {
  readonly sent: SentOrder[];
  readonly products: Product[];
  /** Ends it, with whatever was last under way. */
  readonly stop: () => Promise<void>;
  /** Ends it, and writes orders of a much later minute to every partition, so that all before are over. @returns when that begins */
  readonly end: () => Promise<number>;
  /** Throws what it failed with. */
  readonly check: () => void;
}

/** A step of the shop's time, and how long it takes here: some twenty minutes of the shop a minute. */
const step = 2000;
const pace = 100;
const ordersAStep = 60;
const onTime = 30_000;

/** Begins to write products and orders from a moment on; some late, some of unknown products, some never committed. */
export async function startFeed(rig: Rig, begin: number, seed: number): Promise<Feed> {
  const { kafka, registry } = rig.services;
  const encode = await encoders(registry.url);
  const shop = openShop(seed, 200);
  const random = seeded(seed);
  const brokers = [kafka.address];
  const producer = connectTransactions({ brokers }, `feed-${seed}`);
  const sent: SentOrder[] = [];
  const products: Product[] = [];
  const over = new AbortController();
  let count = 0;
  const announce = (some: readonly Product[], timestamp: number) =>
    some.map((product): TransactionMessage => {
      products.push(product);
      const key = Buffer.from(product.product_id);
      return { topic: 'products', key, value: encode.product(product), timestamp };
    });
  const orders = (from: number, length: number): { orders: SentOrder[]; messages: TransactionMessage[] } => {
    const made = Array.from({ length }, (_, index): SentOrder => {
      const sentAt = from + Math.floor(((index + 1) * step) / length);
      const behind =
        random() < 0.02 ? onTime + 1 + Math.floor(random() * 600_000) : Math.floor(random() * (onTime + 1));
      count += 1;
      const order = shop.order(random, `o-${seed}-${count}`, sentAt - behind);
      return { sentAt, order: random() < 0.005 ? { ...order, product_id: 'p-nobody' } : order };
    });
    const messages = made.map(({ order, sentAt }) => ({
      topic: 'orders',
      key: Buffer.from(order.order_id),
      value: encode.order(order),
      timestamp: sentAt,
    }));
    return { orders: made, messages };
  };
  const write = async (messages: readonly TransactionMessage[]) => {
    for (;;) {
      try {
        return await producer.write(messages);
      } catch (error) {
        if (!(error instanceof NotWritten)) throw error;
        await sleep(200);
      }
    }
  };
  /** What nobody may count: the orders of a transaction that is given up. */
  const giveUp = async (messages: readonly TransactionMessage[]) => {
    const client = new Producer({
      ...{ clientId: 'gives-up', bootstrapBrokers: brokers, transactionalId: `gives-up-${seed}` },
      ...{ idempotent: true, producerId: -1n, producerEpoch: -1, retries: 3, timeout: 10_000 },
    });
    client.on('error', () => {});
    try {
      const transaction = await client.beginTransaction();
      await transaction.send({
        messages: messages.map(({ topic, key, value, timestamp = 0 }) => ({
          ...{ topic, key, value },
          timestamp: BigInt(timestamp),
        })),
      });
      await transaction.abort();
    } catch {
      // The broker is away: it gives the transaction up by itself.
    } finally {
      await client.close(true).catch(() => {});
    }
  };
  await write(announce(shop.products(begin - 60_000), begin - 60_000));
  let clock = begin;
  let failure: unknown;
  const run = async () => {
    for (let steps = 1; !over.signal.aborted; steps += 1) {
      const changed = shop.changed(clock - step, clock);
      // A product is known before what is ordered of it.
      if (changed.length > 0) await write(announce(changed, clock));
      const made = orders(clock, ordersAStep);
      await write(made.messages);
      sent.push(...made.orders);
      if (steps % 20 === 0) await giveUp(orders(clock, 30).messages);
      clock += step;
      await sleep(pace, undefined, { signal: over.signal }).catch(() => {});
    }
  };
  const running = run().catch((error) => {
    failure = error;
  });
  const check = () => {
    if (failure !== undefined) throw failure;
  };
  return {
    sent,
    products,
    check,
    async stop() {
      over.abort();
      await running;
      check();
      await producer.close();
    },
    async end() {
      over.abort();
      await running;
      check();
      const later = Math.ceil(clock / 60_000) * 60_000 + 10 * 60_000;
      const last = orders(later + 60_000, 200);
      // All of them on time, and of a minute that is not over.
      const made = last.orders.map(({ order, sentAt }) => ({
        order: { ...order, ordered_at: sentAt },
        sentAt,
      }));
      await write(
        made.map(({ order, sentAt }) => ({
          topic: 'orders',
          key: Buffer.from(order.order_id),
          value: encode.order(order),
          timestamp: sentAt,
        })),
      );
      sent.push(...made);
      await producer.close();
      return later;
    },
  };
}
