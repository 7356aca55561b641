import type { SchemaName } from './avro/schemas.ts';

/** The topics that the settings name. */
export interface Topics {
  readonly orders: string;
  readonly products: string;
  readonly revenue: string;
  readonly lateOrders: string;
}

/** Which schema stands in which topic. */
export function schemasOf(
  topics: Topics,
): readonly { readonly topic: string; readonly schema: SchemaName }[] {
  return [
    { topic: topics.orders, schema: 'order' },
    { topic: topics.products, schema: 'product' },
    { topic: topics.revenue, schema: 'revenue' },
    { topic: topics.lateOrders, schema: 'late-order' },
  ];
}
