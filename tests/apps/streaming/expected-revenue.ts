import type { Order, Product } from '../../../apps/streaming/shop/shop.ts';

/** An order with the time of its record. */
export interface SentOrder {
  readonly order: Order;
  readonly sentAt: number;
}

/** What one category came to in one minute. */
export interface Sum {
  readonly orders: number;
  readonly items: number;
  readonly revenue_cents: number;
}

/** A minute as people read it, and a category: the key of a sum. */
export const minuteOf = (category: string, minute: number) =>
  `${new Date(minute).toISOString().slice(0, 16)} ${category}`;

/** An order that was sent so long after it was placed is in no minute. */
const lateAfter = 30_000;

export const isLate = ({ order, sentAt }: SentOrder) => order.ordered_at < sentAt - lateAfter;

/** What the documents say that Flink makes of orders and products, of all orders placed before a moment. */
export function expectedRevenue(
  sent: readonly SentOrder[],
  products: readonly Product[],
  before: number,
): Map<string, Sum> {
  const versions = Map.groupBy(
    [...products].sort((a, b) => a.updated_at - b.updated_at),
    ({ product_id }) => product_id,
  );
  const sums = new Map<string, Sum>();
  for (const one of sent) {
    const { order } = one;
    if (isLate(one) || order.ordered_at >= before) continue;
    const minute = Math.floor(order.ordered_at / 60_000) * 60_000;
    // The product as it was when the minute ended.
    const version = versions
      .get(order.product_id)
      ?.findLast(({ updated_at }) => updated_at < minute + 60_000);
    const key = minuteOf(version?.category ?? 'unknown', minute);
    const sum = sums.get(key) ?? { orders: 0, items: 0, revenue_cents: 0 };
    sums.set(key, {
      orders: sum.orders + 1,
      items: sum.items + order.quantity,
      revenue_cents: sum.revenue_cents + order.quantity * order.unit_price_cents,
    });
  }
  return sums;
}
