/** detector: judges every series of observations since it was judged last, writes alerts, and ends. */
import { readConfig, runWorker } from '@plumbline/kit';
import { connectPool } from '@plumbline/kit/mysql';
import { readConfiguration } from './configuration.ts';
import { detect } from './detect/run.ts';
import { detectorDeadline, detectorSettings } from './detect/settings.ts';

await runWorker({
  name: 'detector',
  async work(log, signal) {
    const config = readConfig(process.env, detectorSettings);
    const configuration = await readConfiguration(config.configPath);
    const { seconds, statementSeconds } = detectorDeadline;
    const pool = connectPool(config, 'detector', 1, log, { statementSeconds });
    try {
      const { failed } = await detect({
        pool,
        configuration,
        modelsPath: config.modelsPath,
        log,
        signal: AbortSignal.any([signal, AbortSignal.timeout(seconds * 1000)]),
      });
      return failed === 0 ? 0 : 1;
    } finally {
      await pool.end();
    }
  },
});
