import { counter, gauge, histogram, type Registry } from '@plumbline/kit';

/** The metrics of producer-gateway. */
export function gatewayMetrics(registry: Registry) {
  const metrics = {
    accepted: counter(
      registry,
      'gateway_events_accepted_total',
      'Events that the broker acknowledged, and clients were told so',
    ),
    refused: counter(registry, 'gateway_events_refused_total', 'Events that were no events'),
    unsent: counter(
      registry,
      'gateway_events_unsent_total',
      'Events of requests that were given up: the broker was away, or late',
    ),
    requests: counter(registry, 'gateway_requests_total', 'Requests that were answered', ['route', 'status']),
    sendFailures: counter(
      registry,
      'gateway_send_failures_total',
      'Sends that the broker did not acknowledge',
    ),
    queueEvents: gauge(registry, 'gateway_queue_events', 'Events that are taken and not yet acknowledged'),
    queueBytes: gauge(registry, 'gateway_queue_bytes', 'Bytes of the requests that are not yet answered'),
    brokerUp: gauge(registry, 'gateway_broker_up', '1 while the broker answers'),
    ackSeconds: histogram(
      registry,
      'gateway_ack_seconds',
      "Seconds from a request's events to their acknowledgement",
    ),
  };
  for (const one of [metrics.accepted, metrics.refused, metrics.unsent, metrics.sendFailures]) one.inc(0);
  return metrics;
}

export type GatewayMetrics = ReturnType<typeof gatewayMetrics>;
