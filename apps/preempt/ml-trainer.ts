/** ml-trainer: learns what is usual at each location, and writes it to the volume, version after version. */
import { createProgress, createRegistry, readConfig, runWorker, startHealth } from '@plumbline/kit';
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
    const watch = setInterval(() => {
      const why = progress.stuck();
      if (why === undefined) return;
      log.fatal(why);
      process.exit(1);
    }, 1000);
    watch.unref();
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
      clearInterval(watch);
      await pool.end();
      await health.close();
    }
  },
});
