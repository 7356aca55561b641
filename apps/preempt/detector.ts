/** detector: judges every series of observations since it was judged last, writes alerts, and ends. */
import { readConfig, runWorker } from '@plumbline/kit';
import { connectPool } from '@plumbline/kit/mysql';
import { readConfiguration } from './configuration.ts';
import { detect } from './detect/run.ts';
import { detectorSettings } from './detect/settings.ts';

/** Below the 240 s after which the manifest ends a run: what is left is the next run's. */
const deadline = 200_000;

await runWorker({
  name: 'detector',
  async work(log, signal) {
    const config = readConfig(process.env, detectorSettings);
    const configuration = await readConfiguration(config.configPath);
    const pool = connectPool(config, 'detector', 1, log, { statementSeconds: 30 });
    try {
      await detect({
        pool,
        configuration,
        modelsPath: config.modelsPath,
        log,
        signal: AbortSignal.any([signal, AbortSignal.timeout(deadline)]),
      });
    } finally {
      await pool.end();
    }
  },
});
