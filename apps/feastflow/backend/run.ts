import { setTimeout as sleep } from 'node:timers/promises';
import { createRegistry, type Log, startHealth, within } from '@plumbline/kit';
import { createClients } from '@plumbline/kit/http';
import { connectPool, type PostgresConfig, schemaVersion } from '@plumbline/kit/postgres';
import { knownMigrations } from '../schema/migrate.ts';
import { guardAccess } from './access.ts';
import { openKeyRing } from './accounts/keys.ts';
import { openPasswords } from './accounts/passwords.ts';
import { listenForOrders } from './live/listener.ts';
import { createLive } from './live/live.ts';
import { backendMetrics } from './metrics.ts';
import { ordersById } from './orders/place-order.ts';
import { addAccountRoutes } from './routes/accounts.ts';
import { addAdminRoutes } from './routes/admin.ts';
import { addCartRoutes } from './routes/cart.ts';
import { addMenuRoutes } from './routes/menus.ts';
import { addOrderRoutes } from './routes/orders.ts';
import { addProbes } from './routes/probes.ts';
import { addStreamRoutes } from './routes/streams.ts';
import { createServer } from './server.ts';
import { startSweep } from './sweep.ts';

export interface BackendConfig extends PostgresConfig {
  readonly httpAddress: string;
  readonly metricsAddress: string;
  readonly keysFile: string;
  readonly accessMinutes: number;
  readonly refreshDays: number;
  readonly ordersPerMinute: number;
  readonly loginsPerMinute: number;
  readonly poolSize: number;
  readonly keepAliveMilliseconds: number;
  readonly drainSeconds: number;
  readonly inFlight: number;
  readonly streams: number;
  readonly streamsPerAccount: number;
}

/** As often as proxies are told that a stream lives. */
const heartbeatMilliseconds = 15_000;
/** For requests that are under way at the end: with preStop and DRAIN_SECONDS below the pod's grace of 45 s. */
export const lastRequestsMilliseconds = 15_000;

/**
 * Serves until the signal is aborted. Then it is not ready, closes each connection with its answer and ends the live
 * streams; once nobody sends anything any more it finishes what is under way and closes.
 */
export async function runBackend(config: BackendConfig, log: Log, signal: AbortSignal): Promise<void> {
  const registry = createRegistry();
  const metrics = backendMetrics(registry);
  const keys = await openKeyRing(config.keysFile, log);
  const passwords = await openPasswords(metrics.passwordChecked);
  const pool = connectPool(config, 'feastflow-backend', config.poolSize, log, {
    statementSeconds: 10,
    lockSeconds: 10,
    // A queue for the last dish is a wait for connections.
    connectSeconds: 10,
    prepares: true,
  });
  const clients = createClients(metrics.streamCut);
  const live = createLive({ clients, log, read: (ids) => ordersById(pool, ids) });
  const wanted = (await knownMigrations()).length;
  const isEnding = () => signal.aborted;
  const { inFlight, keepAliveMilliseconds } = config;
  const app = await createServer({
    log,
    metrics,
    inFlight,
    keepAliveMilliseconds,
    isEnding,
    routes(app) {
      guardAccess(app, keys, pool);
      addProbes(app, { schemaVersion: () => schemaVersion(pool), wanted, isEnding });
      addMenuRoutes(app, pool);
      addAccountRoutes(app, { ...config, pool, keys, passwords });
      addCartRoutes(app, pool);
      addOrderRoutes(app, { ...config, pool, metrics });
      addStreamRoutes(app, { ...config, pool, clients, live, isEnding });
      addAdminRoutes(app, pool);
    },
  });
  const health = await startHealth({
    address: config.metricsAddress,
    registry,
    dead: () => undefined,
    notReady: () => (isEnding() ? 'it ends' : undefined),
  });
  const listener = listenForOrders({
    config,
    log,
    signal,
    onOrder: live.changed,
    onListening() {
      metrics.listening(true);
      live.resync();
    },
    onLost: () => metrics.listening(false),
  });
  const separator = config.httpAddress.lastIndexOf(':');
  await app.listen({
    port: Number(config.httpAddress.slice(separator + 1)),
    host: config.httpAddress.slice(0, separator) || '::',
  });
  log.info({ address: config.httpAddress }, 'serving');
  const stopSweep = startSweep(pool, log);
  const beat = setInterval(() => clients.tellAll(':\n\n'), heartbeatMilliseconds);
  const count = setInterval(() => {
    metrics.streams(clients.count());
    metrics.pool(pool);
  }, 1000);
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  for (const timer of [beat, count]) clearInterval(timer);
  clients.endAll();
  await sleep(config.drainSeconds * 1000);
  await within(app.close(), lastRequestsMilliseconds, 'the last requests did not end').catch((error) =>
    log.warn(error.message),
  );
  keys.close();
  stopSweep();
  await health.close();
  await within(Promise.all([listener.ended, pool.end()]), 5000, 'the connections did not end').catch(
    (error) => log.warn(error.message),
  );
}
