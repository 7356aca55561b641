import { counter, gauge, histogram, type Registry } from '@plumbline/kit';

export interface BackendMetrics {
  readonly answered: (route: string, status: number, seconds: number) => void;
  readonly ordered: (outcome: string) => void;
  readonly passwordChecked: () => void;
  readonly streamCut: () => void;
  readonly streams: (count: number) => void;
  readonly listening: (is: boolean) => void;
}

/** The backend's metrics; a route counts by its pattern, so that no client makes series. */
export function backendMetrics(registry: Registry): BackendMetrics {
  const requests = counter(registry, 'feastflow_requests_total', 'Requests that were answered', [
    'route',
    'status',
  ]);
  const seconds = histogram(registry, 'feastflow_request_seconds', 'Seconds that answers took');
  const orders = counter(
    registry,
    'feastflow_orders_total',
    'Orders that were asked for, by what came of it',
    ['outcome'],
  );
  const checks = counter(
    registry,
    'feastflow_password_checks_total',
    'Passwords that were hashed to compare',
  );
  const streams = gauge(registry, 'feastflow_streams', 'Clients of live updates');
  const cut = counter(
    registry,
    'feastflow_streams_cut_total',
    'Clients of live updates that read too slowly',
  );
  const listening = gauge(
    registry,
    'feastflow_listening',
    '1 while the database tells this replica of orders',
  );
  for (const one of [checks, cut]) one.inc(0);
  return {
    answered(route, status, took) {
      requests.inc({ route, status: String(status) });
      seconds.observe(took);
    },
    ordered: (outcome) => orders.inc({ outcome }),
    passwordChecked: () => checks.inc(),
    streamCut: () => cut.inc(),
    streams: (count) => streams.set(count),
    listening: (is) => listening.set(is ? 1 : 0),
  };
}
