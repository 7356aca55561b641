import type { Order, Product } from '../../../apps/streaming/shop/shop.ts';
import { type Committed, committedIn, schemasOf } from '../../apps/streaming/committed.ts';
import type { Sum } from '../../apps/streaming/expected-revenue.ts';
import type { SystemCluster } from './system-cluster.ts';

/** What the sink writes of a category's minute. */
export interface Revenue extends Sum {
  readonly category: string;
  readonly minute: number;
}

/** What readers of what is committed find in the topics. */
export interface Records {
  readonly orders: readonly Committed<Order>[];
  readonly products: readonly Committed<Product>[];
  readonly revenue: readonly Committed<Revenue>[];
}

/** Kafka's own reader in the broker's pod, small beside the broker, one topic after the other. It ends when nothing more comes. */
const readers = ['orders', 'products', 'revenue-per-minute']
  .map((topic) =>
    [
      ...['echo', `TOPIC ${topic};`, 'KAFKA_HEAP_OPTS=-Xmx160m timeout 120 kafka-console-consumer.sh'],
      ...['--bootstrap-server localhost:9092', `--topic ${topic}`, '--from-beginning'],
      ...['--isolation-level read_committed', '--timeout-ms 6000'],
      ...['timestamp', 'partition', 'offset', 'key'].map((what) => `--property print.${what}=true`),
      '--property value.deserializer=org.apache.kafka.common.serialization.BytesDeserializer;',
    ].join(' '),
  )
  .join(' ');

/** Reads all of orders, products and revenue while no producer runs; schemas come from the registry through a port-forward. */
export async function readRecords({ shell, forward }: SystemCluster): Promise<Records> {
  const said = await shell(`kubectl exec kafka-0 -c kafka -n streaming -- bash -c '${readers}' 2>/dev/null`);
  const sections = new Map(
    said.split(/^TOPIC /m).map((section) => {
      const [topic = '', ...lines] = section.split('\n');
      return [topic, lines] as const;
    }),
  );
  const way = await forward('svc/schema-registry', 8081);
  try {
    const typeOf = schemasOf(`http://127.0.0.1:${way.port}/apis/ccompat/v7`);
    const of = <Value>(topic: string) => committedIn<Value>(sections.get(topic) ?? [], typeOf);
    return {
      orders: await of('orders'),
      products: await of('products'),
      revenue: await of('revenue-per-minute'),
    };
  } finally {
    way.end();
  }
}
