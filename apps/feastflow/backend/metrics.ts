import { counter, counterOf, gauge, histogram, type Registry } from '@plumbline/kit';

/** An answer, by the pattern of its route; one to no route of ours is `none`. */
export interface Answered {
  readonly method: string;
  readonly route: string | undefined;
  readonly status: number;
  readonly seconds: number;
}

/** How a pool's connections are. */
export interface PoolCounts {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
}

export interface BackendMetrics {
  readonly answered: (answer: Answered) => void;
  readonly ordered: (outcome: string) => void;
  readonly passwordChecked: () => void;
  readonly streamCut: () => void;
  readonly streams: (count: number) => void;
  readonly listening: (is: boolean) => void;
  readonly pool: (counts: PoolCounts) => void;
}

/** What may come of an order whoever asks. */
const usualOutcomes = ['placed', 'again', 'failed'];

/** The backend's metrics; a route counts by its pattern, and a method by its route, so that no client makes series. */
export function backendMetrics(registry: Registry): BackendMetrics {
  const requests = counter(registry, 'feastflow_requests_total', 'Requests that were answered', [
    'route',
    'status',
  ]);
  const seconds = histogram(registry, 'feastflow_request_seconds', 'Seconds that answers took', [
    'method',
    'route',
  ]);
  const orders = counterOf(
    registry,
    'feastflow_orders_total',
    'Orders that were asked for, by what came of it',
    'outcome',
    usualOutcomes,
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
  const connections = gauge(registry, 'feastflow_pool_connections', 'Connections to the database', ['state']);
  const waiting = gauge(registry, 'feastflow_pool_waiting', 'Requests that wait for a connection');
  for (const one of [checks, cut]) one.inc(0);
  return {
    answered({ method, route = 'none', status, seconds: took }) {
      requests.inc({ route, status: String(status) });
      seconds.observe({ method: route === 'none' ? 'none' : method, route }, took);
    },
    ordered: (outcome) => orders.inc({ outcome }),
    passwordChecked: () => checks.inc(),
    streamCut: () => cut.inc(),
    streams: (count) => streams.set(count),
    listening: (is) => listening.set(is ? 1 : 0),
    pool({ totalCount, idleCount, waitingCount }) {
      connections.set({ state: 'busy' }, totalCount - idleCount);
      connections.set({ state: 'idle' }, idleCount);
      waiting.set(waitingCount);
    },
  };
}
