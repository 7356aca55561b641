import { listenAddress, number } from '@plumbline/kit';
import { mysqlSettings } from '@plumbline/kit/mysql';
import { redisSettings } from '@plumbline/kit/redis';
import { configuredSettings, servingSettings, workerSettings } from '../worker-settings.ts';

/** What the api reads. */
export const apiSettings = {
  ...workerSettings,
  ...configuredSettings,
  ...servingSettings,
  ...mysqlSettings,
  ...redisSettings,
  httpAddress: listenAddress('HTTP_ADDRESS', ':8080'),
  /** A Service sends requests for a while after a pod was told to end. */
  drainSeconds: number('DRAIN_SECONDS', 'seconds between "not ready" and the end', {
    least: 0,
    most: 40,
    fallback: 5,
  }),
  connections: number('DB_CONNECTIONS', 'connections to the database', { least: 1, most: 100, fallback: 8 }),
  inFlight: number('MAX_IN_FLIGHT', 'requests that are answered at a time', {
    least: 1,
    most: 10_000,
    fallback: 500,
  }),
  streams: number('MAX_STREAMS', 'clients of live updates', { least: 1, most: 10_000, fallback: 500 }),
  streamsPerAddress: number('MAX_STREAMS_PER_ADDRESS', 'clients of live updates from one address', {
    least: 1,
    most: 10_000,
    fallback: 250,
  }),
} as const;
