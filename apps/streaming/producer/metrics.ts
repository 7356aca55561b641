import { counter, gauge, histogram, type Registry } from '@plumbline/kit';

/** The metrics of streaming-producer. */
export function producerMetrics(registry: Registry) {
  return {
    made: counter(registry, 'streaming_producer_orders_made_total', 'Orders that were placed'),
    sent: counter(
      registry,
      'streaming_producer_records_total',
      'Records of committed transactions, by topic',
      ['topic'],
    ),
    failures: counter(
      registry,
      'streaming_producer_failures_total',
      'Transactions that failed and were begun again',
    ),
    waiting: gauge(
      registry,
      'streaming_producer_waiting_records',
      'Records that no transaction has committed yet',
    ),
    seconds: histogram(registry, 'streaming_producer_transaction_seconds', 'Seconds that a transaction took'),
  };
}

export type ProducerMetrics = ReturnType<typeof producerMetrics>;
