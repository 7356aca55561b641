/** store: stores what the stream has in MySQL, each observation once; as many replicas as one likes. */
import {
  createProgress,
  createRegistry,
  exitWhenStuck,
  readConfig,
  runWorker,
  startHealth,
} from '@plumbline/kit';
import { connectPool } from '@plumbline/kit/mysql';
import { connectRedis } from '@plumbline/kit/redis';
import { readConfiguration } from './configuration.ts';
import { openGroup } from './store/group.ts';
import { readKnowledge } from './store/known.ts';
import { storeMetrics } from './store/metrics.ts';
import { runStore } from './store/run.ts';
import { storeSettings } from './store/settings.ts';

await runWorker({
  name: 'store',
  async work(log, signal) {
    const config = readConfig(process.env, storeSettings);
    const { weather, stream } = await readConfiguration(config.configPath);
    const registry = createRegistry();
    const progress = createProgress({ seconds: config.stallSeconds });
    let ready = false;
    const health = await startHealth({
      address: config.metricsAddress,
      registry,
      dead: progress.stuck,
      notReady: () => (ready ? undefined : 'it reads no stream yet, or Redis or MySQL is away'),
    });
    // Given up long before another consumer takes its entries.
    const statementSeconds = Math.max(1, Math.min(20, config.claimSeconds / 3));
    const pool = connectPool(config, 'store', 1, log, { statementSeconds, lockSeconds: 10 });
    const redis = connectRedis(config, config.consumer, log);
    const waiting = connectRedis(config, `${config.consumer}-waits`, log);
    const endWatch = exitWhenStuck(progress, log);
    try {
      await runStore({
        ...config,
        group: openGroup({
          redis,
          stream: stream.name,
          group: stream.group,
          consumer: config.consumer,
          deadLetter: stream.deadLetter,
        }),
        waiting,
        stream: stream.name,
        maxDeliveries: stream.maxDeliveries,
        knowledge: readKnowledge(pool, weather.fields),
        pool,
        log,
        metrics: storeMetrics(registry),
        progress,
        signal,
        onReady(now) {
          ready = now;
        },
      });
    } finally {
      endWatch();
      redis.close();
      waiting.close();
      await pool.end();
      await health.close();
    }
  },
});
