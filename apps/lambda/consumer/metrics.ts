import { counter, counterOf, gauge, histogram, type Registry } from '@plumbline/kit';

/** The metrics of lambda-consumer. */
export function consumerMetrics(registry: Registry) {
  return {
    rows: counter(registry, 'lambda_consumer_rows_total', 'Transactions stored'),
    known: counter(registry, 'lambda_consumer_known_rows_total', 'Transactions that were stored before'),
    buried: counter(registry, 'lambda_consumer_dead_letters_total', 'Records that are no transactions'),
    lost: counter(
      registry,
      'lambda_consumer_lost_records_total',
      'Records that retention removed before they were read',
    ),
    failures: counterOf(
      registry,
      'lambda_consumer_failures_total',
      'Failed attempts, by dependency',
      'dependency',
      ['kafka', 'postgres'],
    ),
    lag: gauge(registry, 'lambda_consumer_lag_records', 'Records not yet stored, by partition', [
      'partition',
    ]),
    seconds: histogram(registry, 'lambda_consumer_transaction_seconds', 'Seconds that a transaction took'),
  };
}

export type ConsumerMetrics = ReturnType<typeof consumerMetrics>;
