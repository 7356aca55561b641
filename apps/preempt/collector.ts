/** collector: one run of it gives the stream what the source says of the locations that are due. */
import { readConfig, runWorker } from '@plumbline/kit';
import { connectPool } from '@plumbline/kit/mysql';
import { connectRedis } from '@plumbline/kit/redis';
import { collect } from './collector/collect.ts';
import { collectorSettings } from './collector/settings.ts';
import { readConfiguration } from './configuration.ts';

/** The status of a run that got some of what was due, and of one that the source wants nothing to be asked by. */
const [partly, paused] = [3, 4];

await runWorker({
  name: 'collector',
  async work(log, signal) {
    const config = readConfig(process.env, collectorSettings);
    const configuration = await readConfiguration(config.configPath);
    const pool = connectPool(config, 'collector', 2, log, { statementSeconds: 10, lockSeconds: 5 });
    const redis = connectRedis(config, 'collector', log);
    try {
      const report = await collect({ ...config, pool, redis, configuration, log, signal });
      const { due, collected, empty, calls, stopped } = report;
      if (due === 0) {
        if (stopped === undefined) log.info(report, 'nothing is due');
        else log.warn(report, stopped);
        return 0;
      }
      if (collected + empty === due) {
        log.info(report, 'all that was due is collected');
        return 0;
      }
      if (report.paused && calls === 0) {
        log.error(report, 'nothing was asked: the source wants to be left alone');
        return paused;
      }
      log.error(report, collected === 0 ? 'nothing was collected' : 'a part was collected; it is kept');
      return collected === 0 ? 1 : partly;
    } finally {
      redis.close();
      await pool.end();
    }
  },
});
