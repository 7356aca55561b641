/** feastflow-backend: accounts, menus, orders and their live status over HTTP. */
import { readConfig, runWorker } from '@plumbline/kit';
import { runBackend } from './backend/run.ts';
import { backendSettings } from './backend/settings.ts';

await runWorker({
  name: 'feastflow-backend',
  work: (log, signal) => runBackend(readConfig(process.env, backendSettings), log, signal),
});
