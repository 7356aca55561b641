import { seeded } from '../../../apps/kit/index.ts';
import { connectTransactions } from '../../../apps/kit/kafka/index.ts';
import { connectRegistry, encoder } from '../../../apps/streaming/registry/index.ts';
import { type Order, openShop, type Product } from '../../../apps/streaming/shop/shop.ts';

/** Milliseconds between two orders: as many a second as one producer makes in production. */
const between = 1;

/** Puts products, and so many orders after them, into the topics; none of them late. */
export async function fill(address: string, registryUrl: string, count: number): Promise<void> {
  const registry = connectRegistry({ url: registryUrl });
  const [order, product] = [
    await encoder<Order>(registry, 'orders', 'order'),
    await encoder<Product>(registry, 'products', 'product'),
  ];
  const shop = openShop(1);
  const random = seeded(1);
  const begin = Date.now() - count * between - 3_600_000;
  const producer = connectTransactions({ brokers: [address] }, 'bench-fill');
  try {
    await producer.write(
      shop.products(begin).map((one) => ({
        topic: 'products',
        key: Buffer.from(one.product_id),
        value: product(one),
        timestamp: begin,
      })),
    );
    for (let from = 0; from < count; from += 2000) {
      await producer.write(
        Array.from({ length: Math.min(2000, count - from) }, (_, index) => {
          const at = begin + (from + index) * between;
          const made = shop.order(random, `o-${from + index}`, at);
          return { topic: 'orders', key: Buffer.from(made.order_id), value: order(made), timestamp: at };
        }),
      );
    }
  } finally {
    await producer.close();
  }
}
