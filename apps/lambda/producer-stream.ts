/** lambda-producer-stream: a steady stream of transactions into the topic, none lost. */
import {
  createProgress,
  createRegistry,
  readConfig,
  runWorker,
  startHealth,
  startTraces,
} from '@plumbline/kit';
import { connectProducer } from '@plumbline/kit/kafka';
import { producerMetrics } from './producer/metrics.ts';
import { produce } from './producer/produce.ts';
import { producerSettings } from './producer/settings.ts';

/** A sender that gets nothing done for so long while its broker takes what it sends is stuck. */
const stallSeconds = 120;

await runWorker({
  name: 'lambda-producer-stream',
  async work(log, signal) {
    const config = readConfig(process.env, producerSettings);
    const registry = createRegistry();
    const progress = createProgress({ seconds: stallSeconds });
    const traces = startTraces('lambda-producer-stream', config.tracesEndpoint, log);
    let ready = false;
    const health = await startHealth({
      address: config.metricsAddress,
      registry,
      dead: progress.stuck,
      notReady: () => (ready ? undefined : 'nothing was acknowledged yet, or the broker is away'),
    });
    const producer = connectProducer(config, 'lambda-producer-stream');
    try {
      const metrics = producerMetrics(registry);
      const onReady = (now: boolean) => {
        ready = now;
      };
      await produce({ ...config, producer, log, metrics, progress, traces, signal, onReady });
    } finally {
      await traces.close();
      await producer.close();
      await health.close();
    }
  },
});
