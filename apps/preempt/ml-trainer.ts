/** ml-trainer: learns what is usual at each location, and writes it to the volume, version after version. */
import {
  createProgress,
  createRegistry,
  exitWhenStuck,
  readConfig,
  runWorker,
  startHealth,
} from '@plumbline/kit';
import { connectPool } from '@plumbline/kit/mysql';
import { readConfiguration } from './configuration.ts';
import { trainerMetrics } from './trainer/metrics.ts';
import { runTrainer } from './trainer/run.ts';
import { trainerSettings } from './trainer/settings.ts';

await runWorker({
  name: 'ml-trainer',
  async work(log, signal) {
    const config = readConfig(process.env, trainerSettings);
    const configuration = await readConfiguration(config.configPath);
    const registry = createRegistry();
    const progress = createProgress({ seconds: config.stallSeconds });
    let notReady: string | undefined = 'it has not looked at the volume and the database yet';
    const health = await startHealth({
      address: config.metricsAddress,
      registry,
      dead: progress.stuck,
      notReady: () => notReady,
    });
    const endWatch = exitWhenStuck(progress, log);
    // One for the lock, and one to read.
    const pool = connectPool(config, 'ml-trainer', 2, log);
    try {
      const metrics = trainerMetrics(registry);
      const onState = (now: string | undefined) => {
        notReady = now;
      };
      const { modelsPath } = config;
      await runTrainer({ pool, configuration, modelsPath, log, metrics, progress, signal, onState });
    } finally {
      endWatch();
      await pool.end();
      await health.close();
    }
  },
});
