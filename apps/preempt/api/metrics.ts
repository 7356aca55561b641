import { counter, gauge, histogram, type Registry } from '@plumbline/kit';
import type { Clients } from '@plumbline/kit/http';

export interface ApiMetrics {
  readonly answered: (route: string, status: number, seconds: number) => void;
  readonly streamCut: () => void;
  readonly watch: (clients: Clients) => void;
}

/** The api's metrics; a route counts by its pattern, so that no client makes series. */
export function apiMetrics(registry: Registry): ApiMetrics {
  const requests = counter(registry, 'preempt_api_requests_total', 'Requests that were answered', [
    'route',
    'status',
  ]);
  const seconds = histogram(registry, 'preempt_api_request_seconds', 'Seconds that answers took');
  const streams = gauge(registry, 'preempt_api_streams', 'Clients of live updates');
  const cut = counter(
    registry,
    'preempt_api_streams_cut_total',
    'Clients of live updates that read too slowly and were cut',
  );
  cut.inc(0);
  return {
    answered(route, status, took) {
      requests.inc({ route, status: String(status) });
      seconds.observe(took);
    },
    streamCut: () => cut.inc(),
    watch(clients) {
      streams.set(0);
      const update = () => streams.set(clients.count());
      setInterval(update, 1000).unref();
    },
  };
}
