/** streaming-producer: the products and a steady stream of orders of a shop, as Avro, in transactions. */
import {
  createProgress,
  createRegistry,
  exitWhenStuck,
  readConfig,
  runWorker,
  startHealth,
} from '@plumbline/kit';
import { connectTransactions } from '@plumbline/kit/kafka';
import { producerMetrics } from './producer/metrics.ts';
import { produce } from './producer/produce.ts';
import { producerSettings } from './producer/settings.ts';
import { connectRegistry, encoder } from './registry/index.ts';
import { type Order, openShop, type Product } from './shop/shop.ts';

await runWorker({
  name: 'streaming-producer',
  async work(log, signal) {
    const config = readConfig(process.env, producerSettings);
    const registry = createRegistry();
    const progress = createProgress({ seconds: config.stallSeconds });
    let ready = false;
    const health = await startHealth({
      address: config.metricsAddress,
      registry,
      dead: progress.stuck,
      notReady: () => (ready ? undefined : 'nothing was committed yet, or broker or registry are away'),
    });
    const producer = connectTransactions(config, `streaming-producer-${config.pod}`);
    const endWatch = exitWhenStuck(progress, log);
    try {
      // A pod that finds no registry ends, and is started again.
      const schemas = connectRegistry({ url: config.registryUrl, signal });
      const encode = {
        order: await encoder<Order>(schemas, config.orders, 'order'),
        product: await encoder<Product>(schemas, config.products, 'product'),
      };
      const onReady = (now: boolean) => {
        ready = now;
      };
      const metrics = producerMetrics(registry);
      const shop = openShop(config.seed);
      await produce({ ...config, producer, shop, encode, log, metrics, progress, signal, onReady });
    } finally {
      endWatch();
      await producer.close();
      await health.close();
    }
  },
});
