/** producer-gateway: takes the storefront's events over HTTP into the topic, and answers once they are there. */
import { readConfig, runWorker } from '@plumbline/kit';
import { runGateway } from './gateway/run.ts';
import { gatewaySettings } from './gateway/settings.ts';

await runWorker({
  name: 'producer-gateway',
  work: (log, signal) => runGateway(readConfig(process.env, gatewaySettings), log, signal),
});
