/** lambda-consumer: stores the stream's transactions in Postgres, each exactly once. */
import {
  createProgress,
  createRegistry,
  exitWhenStuck,
  readConfig,
  runWorker,
  startHealth,
  startTraces,
} from '@plumbline/kit';
import { connectPool } from '@plumbline/kit/postgres';
import { consume } from './consumer/consume.ts';
import { consumerMetrics } from './consumer/metrics.ts';
import { storers } from './consumer/session.ts';
import { consumerSettings } from './consumer/settings.ts';

await runWorker({
  name: 'lambda-consumer',
  async work(log, signal) {
    const config = readConfig(process.env, consumerSettings);
    const registry = createRegistry();
    const progress = createProgress({ seconds: config.stallSeconds });
    const traces = startTraces('lambda-consumer', config.tracesEndpoint, log);
    let ready = false;
    const health = await startHealth({
      address: config.metricsAddress,
      registry,
      dead: progress.stuck,
      notReady: () => (ready ? undefined : 'it is in no group yet, or its broker is away'),
    });
    // One more for the offsets of a new assignment.
    const pool = connectPool(config, 'lambda-consumer', storers + 1, log, {
      // Rows and position are forgotten together, and Kafka still has the records.
      mayForget: true,
      // Whoever holds an offset for longer may be out of the group.
      lockSeconds: config.sessionSeconds * 2,
    });
    const endWatch = exitWhenStuck(progress, log);
    try {
      const metrics = consumerMetrics(registry);
      const onReady = (now: boolean) => {
        ready = now;
      };
      await consume({ ...config, pool, log, metrics, progress, traces, signal, onReady });
    } finally {
      endWatch();
      await traces.close();
      await pool.end();
      await health.close();
    }
  },
});
