import { listenAddress, matching, number } from '@plumbline/kit';
import { postgresSettings } from '@plumbline/kit/postgres';
import { workerSettings } from '../worker-settings.ts';

/** What the backend reads. */
export const backendSettings = {
  ...workerSettings,
  ...postgresSettings,
  httpAddress: listenAddress('HTTP_ADDRESS', ':5000'),
  metricsAddress: listenAddress('METRICS_ADDRESS', ':9090'),
  keysFile: matching('JWT_KEYS_FILE', 'the file of the keys, from the root', /^\//),
  accessMinutes: number('ACCESS_TOKEN_MINUTES', 'minutes for which an access token is good', {
    least: 1,
    most: 60,
    fallback: 15,
  }),
  refreshDays: number('REFRESH_TOKEN_DAYS', 'days for which a refresh token is good', {
    least: 1,
    most: 365,
    fallback: 30,
  }),
  ordersPerMinute: number('ORDER_RATE_PER_MINUTE', 'orders that an account may place in a minute', {
    least: 1,
    most: 1_000_000,
    fallback: 30,
  }),
  loginsPerMinute: number('LOGIN_RATE_PER_MINUTE', 'tries to log in to an account in a minute', {
    least: 1,
    most: 1_000_000,
    fallback: 10,
  }),
  poolSize: number('DB_POOL_SIZE', 'connections to the database, besides one that listens', {
    least: 1,
    most: 90,
    fallback: 6,
  }),
  keepAliveMilliseconds: number('KEEP_ALIVE_TIMEOUT', 'milliseconds for which an idle connection is kept', {
    least: 1000,
    most: 600_000,
    fallback: 95_000,
  }),
  /** A Service sends requests for a while after a pod was told to end; preStop has waited for most of that. */
  drainSeconds: number('DRAIN_SECONDS', 'seconds between "not ready" and the end', {
    least: 0,
    most: 20,
    fallback: 5,
  }),
  inFlight: number('MAX_IN_FLIGHT', 'requests that are answered at a time', {
    least: 1,
    most: 10_000,
    fallback: 500,
  }),
  streams: number('MAX_STREAMS', 'clients of live updates', { least: 1, most: 10_000, fallback: 500 }),
  streamsPerAccount: number('MAX_STREAMS_PER_ACCOUNT', 'clients of live updates of one account', {
    least: 1,
    most: 10_000,
    fallback: 10,
  }),
} as const;
