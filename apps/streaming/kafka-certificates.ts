/** kafka-certificates: has every broker read its certificate again; safe to run at any time. */
import { readConfig, runWorker } from '@plumbline/kit';
import { connectAdministrator } from '@plumbline/kit/kafka';
import { administratorSettings } from './administrator-settings.ts';

await runWorker({
  name: 'kafka-certificates',
  async work(log) {
    const config = readConfig(process.env, administratorSettings);
    const administrator = connectAdministrator(config, 'kafka-certificates');
    try {
      const brokers = await administrator.reloadCertificates();
      log.info({ brokers }, 'the brokers have read their certificate');
    } finally {
      await administrator.close();
    }
  },
});
