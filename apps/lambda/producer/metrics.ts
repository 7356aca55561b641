import { counter, gauge, type Registry } from '@plumbline/kit';

/** The metrics of lambda-producer-stream. */
export function producerMetrics(registry: Registry) {
  return {
    made: counter(registry, 'lambda_producer_made_total', 'Transactions made'),
    sent: counter(registry, 'lambda_producer_sent_total', 'Transactions that the broker acknowledged'),
    failures: counter(registry, 'lambda_producer_failures_total', 'Sends that failed and were tried again'),
    waiting: gauge(registry, 'lambda_producer_waiting_records', 'Transactions made and not yet acknowledged'),
  };
}

export type ProducerMetrics = ReturnType<typeof producerMetrics>;
