/** streaming-consumer: reads the revenue of each category and minute, each once committed, and shows the sums as metrics. */
import {
  createProgress,
  createRegistry,
  exitWhenStuck,
  readConfig,
  runWorker,
  startHealth,
} from '@plumbline/kit';
import { connectTransactions } from '@plumbline/kit/kafka';
import { newest } from './avro/schemas.ts';
import { consume, type Revenue } from './consumer/consume.ts';
import { consumerMetrics } from './consumer/metrics.ts';
import { consumerSettings } from './consumer/settings.ts';
import { connectRegistry, createDecoder } from './registry/index.ts';

await runWorker({
  name: 'streaming-consumer',
  async work(log, signal) {
    const config = readConfig(process.env, consumerSettings);
    const registry = createRegistry();
    const progress = createProgress({ seconds: config.stallSeconds });
    let ready = false;
    const health = await startHealth({
      address: config.metricsAddress,
      registry,
      dead: progress.stuck,
      notReady: () => (ready ? undefined : 'it is in no group yet, or broker or registry are away'),
    });
    const schemas = connectRegistry({ url: config.registryUrl, signal });
    const deadLetters = connectTransactions(config, `streaming-consumer-${config.pod}`);
    const endWatch = exitWhenStuck(progress, log);
    try {
      const metrics = consumerMetrics(registry);
      const onReady = (now: boolean) => {
        ready = now;
      };
      let youngest = 0;
      const onRevenue = ({ category, minute, orders, revenue_cents }: Revenue) => {
        metrics.minutes.inc({ category });
        metrics.orders.inc({ category }, orders);
        metrics.cents.inc({ category }, revenue_cents);
        youngest = Math.max(youngest, minute);
        metrics.newest.set(youngest / 1000);
      };
      const decoder = createDecoder<Revenue>(schemas, newest('revenue').text);
      await consume({ ...config, decoder, deadLetters, log, metrics, progress, signal, onReady, onRevenue });
    } finally {
      endWatch();
      await deadLetters.close();
      await health.close();
    }
  },
});
