/** api: serves locations, observations, anomalies and live updates over HTTP. */
import { readConfig, runWorker } from '@plumbline/kit';
import { runApi } from './api/run.ts';
import { apiSettings } from './api/settings.ts';
import { readConfiguration } from './configuration.ts';

await runWorker({
  name: 'api',
  async work(log, signal) {
    const config = readConfig(process.env, apiSettings);
    await runApi(config, await readConfiguration(config.configPath), log, signal);
  },
});
