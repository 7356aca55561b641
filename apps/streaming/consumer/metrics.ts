import { counter, gauge, type Registry } from '@plumbline/kit';

/** The metrics of streaming-consumer. */
export function consumerMetrics(registry: Registry) {
  return {
    minutes: counter(registry, 'streaming_consumer_minutes_total', 'Minutes of a category that were read', [
      'category',
    ]),
    orders: counter(registry, 'streaming_consumer_orders_total', 'Orders in them', ['category']),
    cents: counter(registry, 'streaming_consumer_revenue_cents_total', 'Revenue in them', ['category']),
    newest: gauge(
      registry,
      'streaming_consumer_newest_minute_seconds',
      'When the newest minute began, since 1970',
    ),
    buried: counter(registry, 'streaming_consumer_dead_letters_total', 'Records that could not be read'),
    lost: counter(
      registry,
      'streaming_consumer_lost_records_total',
      'Records that retention removed before they were read',
    ),
    failures: counter(registry, 'streaming_consumer_failures_total', 'Failed attempts, by dependency', [
      'dependency',
    ]),
    lag: gauge(registry, 'streaming_consumer_lag_records', 'Records not yet read, by partition', [
      'partition',
    ]),
  };
}

export type ConsumerMetrics = ReturnType<typeof consumerMetrics>;
