import { setTimeout as sleep } from 'node:timers/promises';
import { createRegistry, type Log, startHealth } from '@plumbline/kit';
import { createClients } from '@plumbline/kit/http';
import { connectPool, isAway, type MysqlConfig } from '@plumbline/kit/mysql';
import { connectRedis, type RedisConfig } from '@plumbline/kit/redis';
import type { Configuration } from '../configuration.ts';
import { knownMigrations, schemaVersion } from '../schema/migrate.ts';
import { runLive } from './live/live.ts';
import { apiMetrics } from './metrics.ts';
import { addAnomalyRoutes } from './routes/anomalies.ts';
import { addLocationRoutes } from './routes/locations.ts';
import { addObservationRoute } from './routes/observations.ts';
import { addProbes } from './routes/probes.ts';
import { addStreamRoute } from './routes/stream.ts';
import { createServer } from './server.ts';
import { openStore } from './store.ts';

export interface ApiConfig extends MysqlConfig, RedisConfig {
  readonly httpAddress: string;
  readonly metricsAddress: string;
  readonly drainSeconds: number;
  readonly connections: number;
  readonly inFlight: number;
  readonly streams: number;
  readonly streamsPerAddress: number;
}

/**
 * Serves until the signal is aborted. Then it is not ready, closes each connection with its answer and ends the live
 * streams; once nobody sends anything any more it closes.
 */
export async function runApi(
  config: ApiConfig,
  { weather }: Configuration,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  const registry = createRegistry();
  const metrics = apiMetrics(registry);
  const pool = connectPool(config, 'api', config.connections, log, { statementSeconds: 3, lockSeconds: 3 });
  const redis = connectRedis(config, 'api', log);
  const store = openStore(pool, weather.fields);
  const clients = createClients(metrics.streamCut);
  metrics.watch(clients);
  const wanted = (await knownMigrations()).length;
  const isEnding = () => signal.aborted;
  const app = await createServer({
    log,
    metrics,
    inFlight: config.inFlight,
    isAway,
    isEnding,
    routes(app) {
      addProbes(app, { redis, schemaVersion: () => schemaVersion(pool), wanted, isEnding });
      addLocationRoutes(app, store);
      addObservationRoute(app, store, redis);
      addAnomalyRoutes(app, store);
      addStreamRoute(app, store, clients, config, isEnding);
    },
  });
  const health = await startHealth({
    address: config.metricsAddress,
    registry,
    dead: () => undefined,
    notReady: () => (isEnding() ? 'it ends' : undefined),
  });
  const separator = config.httpAddress.lastIndexOf(':');
  await app.listen({
    port: Number(config.httpAddress.slice(separator + 1)),
    host: config.httpAddress.slice(0, separator) || '::',
  });
  log.info({ address: config.httpAddress }, 'serving');
  const live = runLive({ store, clients, log, signal });
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  clients.endAll();
  await sleep(config.drainSeconds * 1000);
  await app.close();
  await live;
  await health.close();
  redis.close();
  await pool.end();
}
