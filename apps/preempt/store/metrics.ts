import { counter, counterOf, gauge, histogram, type Registry } from '@plumbline/kit';

/** The metrics of the store. */
export function storeMetrics(registry: Registry) {
  return {
    entries: counter(registry, 'preempt_store_entries_total', 'Entries of the stream that were stored'),
    rows: counter(registry, 'preempt_store_rows_total', 'Rows of the entries that were stored'),
    refused: counter(
      registry,
      'preempt_store_refused_deliveries_total',
      'Deliveries of entries that cannot be stored',
    ),
    buried: counter(registry, 'preempt_store_buried_total', 'Entries moved to the dead letters'),
    trimmed: counter(
      registry,
      'preempt_store_trimmed_total',
      'Entries removed from the stream after all had them',
    ),
    failures: counterOf(
      registry,
      'preempt_store_failures_total',
      'Failed attempts, by dependency',
      'dependency',
      ['mysql', 'redis'],
    ),
    lost: gauge(
      registry,
      'preempt_store_lost_entries',
      'Entries of the stream that were removed before they were stored, of all time',
    ),
    dead: gauge(registry, 'preempt_store_dead_letters', 'Entries in the stream of dead letters'),
    waiting: gauge(
      registry,
      'preempt_store_stream_entries',
      'Entries in the stream, stored ones not yet trimmed too',
    ),
    seconds: histogram(registry, 'preempt_store_batch_seconds', 'Seconds that a batch took to be stored'),
  };
}

export type StoreMetrics = ReturnType<typeof storeMetrics>;
