/** api: serves locations, observations, anomalies and live updates over HTTP. */
import { readConfig, runWorker } from '@plumbline/kit';
import { mysqlSettings } from '@plumbline/kit/mysql';
import { redisSettings } from '@plumbline/kit/redis';
import { runApi } from './api/run.ts';
import { apiSettings } from './api/settings.ts';
import { readConfiguration } from './configuration.ts';
import { configuredSettings, servingSettings, workerSettings } from './worker-settings.ts';

await runWorker({
  name: 'api',
  async work(log, signal) {
    const config = readConfig(process.env, {
      ...workerSettings,
      ...configuredSettings,
      ...servingSettings,
      ...apiSettings,
      ...mysqlSettings,
      ...redisSettings,
    });
    await runApi(config, await readConfiguration(config.configPath), log, signal);
  },
});
