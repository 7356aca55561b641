import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { createLog } from '../../apps/kit/index.ts';
import { connectPool } from '../../apps/kit/mysql/index.ts';
import { makeWeather } from '../../trial/made-weather.ts';
import { renderSystem } from '../../trial/overlay/system.ts';
import { migratePreempt, startPreemptServices, startPreemptWorker } from '../../trial/preempt.ts';
import { startPage } from '../../trial/preempt-page.ts';
import { freePort } from '../../trial/process/free-port.ts';
import { finished, lastWords } from '../../trial/process/start.ts';
import type { Weather } from '../../trial/seasons/weather.ts';
import { startOpenMeteo } from '../../trial/services/open-meteo.ts';
import { openTrial, type Trial } from '../../trial/trial.ts';
import type { RunningWorker } from '../../trial/worker.ts';
import { root } from '../lib/root.ts';
import { repositoryTools } from '../lib/tools.ts';
import { fillHistory } from './preempt-history.ts';
import { startRounds } from './rounds.ts';
import type { RunningSystem, Try } from './try.ts';

const [hour, day] = [3_600_000, 86_400_000];
/** What stands for the five minutes of the CronJobs: nobody watches a page for so long. */
const everyMilliseconds = 10_000;
/** How long the weather was watched before, and how often. */
const [historyDays, historyHours] = [21, 3];
/** How long ago the double's clock begins, and how much faster it goes until it has caught up: an hour in ten seconds. */
const [behind, speed] = [2 * day, 360];

/**
 * The weather monitor: its Jobs, its store, trainer, api and page, and its collector and detector again and again. The weather is made up on
 * this machine, three weeks of it as if they had been watched: to try something takes nobody's calls.
 */
export const tryPreempt: Try = async ({ environment, engine, say, signal }) => {
  const { kustomize } = await repositoryTools(say);
  const system = await renderSystem(root, kustomize, environment, 'preempt');
  const trial = await openTrial(system, { engine, say });
  try {
    return await start(trial, say, signal);
  } catch (error) {
    await trial.close();
    throw error;
  }
};

async function start(
  trial: Trial,
  say: (message: string) => void,
  signal: AbortSignal,
): Promise<RunningSystem> {
  const { model, environment } = trial.system;
  const what = trial.engine === 'docker' ? 'containers' : 'processes';
  say(`overlays/${environment}/preempt: MySQL and Redis as ${what}`);
  const services = await startPreemptServices(trial);
  signal.throwIfAborted();
  say(`tables and locations, by migrate and seed (${services.mysql.version})`);
  await migratePreempt(trial);
  await finished(await startPreemptWorker(trial, { workload: 'Job/seed' }), 120_000);
  signal.throwIfAborted();
  // Nothing but this machine is asked, so there are no limits to keep to.
  const limits = { minute: 1e9, hour: 1e9, day: 1e9 };
  const { login } = services.mysql;
  const pool = connectPool(login, 'try', 1, createLog('try', 'silent'));
  const began = Date.now();
  const caughtUp = began - behind;
  const made = makeWeather({
    from: caughtUp - historyDays * day,
    faults: [caughtUp - 3 * day, began],
  });
  say(`${historyDays} days of weather, made up, as if they had been watched`);
  await fillHistory(pool, made, {
    from: caughtUp - historyDays * day,
    until: caughtUp,
    every: historyHours * hour,
  });
  signal.throwIfAborted();
  const source = await startOpenMeteo({
    limits,
    now: () => new Date(Math.min(Date.now(), caughtUp + (Date.now() - began) * speed)),
    weather: (field, latitude, longitude, time) =>
      made.at(latitude, longitude, time.getTime())[field as keyof Weather],
  });
  const workers: RunningWorker[] = [];
  const { replicas } = model.workloads.find(({ name }) => name === 'store') ?? { replicas: { min: 1 } };
  for (let index = 0; index < replicas.min; index += 1) {
    const worker = await startPreemptWorker(trial, { workload: 'Deployment/store', index });
    workers.push(worker);
    say(`store-${index}: ${worker.metrics}/metrics`);
  }
  const collector = startRounds({
    everyMilliseconds,
    async run(label) {
      // The double's quarters of an hour pass faster than the collector waits for.
      await pool.change('UPDATE locations SET collected_at = collected_at - INTERVAL 1 HOUR');
      return startPreemptWorker(trial, {
        workload: 'CronJob/collector',
        label,
        source: source.url,
        edit: (text, path) =>
          path.endsWith('/config.yaml') ? text.replace(/daily_budget: .*/, 'daily_budget: 10000000') : text,
      });
    },
  });
  const models = await mkdtemp(join(trial.folder, 'models-'));
  workers.push(await startPreemptWorker(trial, { workload: 'Deployment/ml-trainer', folders: { models } }));
  const detector = startRounds({
    everyMilliseconds,
    run: (label) => startPreemptWorker(trial, { workload: 'CronJob/detector', label, folders: { models } }),
  });
  const port = await freePort();
  workers.push(
    await startPreemptWorker(trial, {
      workload: 'Deployment/api',
      // Nobody is sent elsewhere here: it ends at once.
      env: { HTTP_ADDRESS: `127.0.0.1:${port}`, DRAIN_SECONDS: '0' },
    }),
  );
  trial.addresses.set('api:8080', `127.0.0.1:${port}`);
  const page = await startPage(trial).then(
    ({ url }) => url,
    (error: Error) => `not here, the API alone: ${error.message}`,
  );
  say(`page       ${page}`);
  say(`api        http://127.0.0.1:${port}/api/docs`);
  say(
    `mysql      mysql --host=${login.host} --port=${login.port} --user=${login.user} -p${login.password} ${login.database}`,
  );
  say(`redis      redis-cli -p ${services.redis.port} --user ${services.redisLogin.redisUser} --askpass`);
  say(`weather    ${source.url} (a double: made up on this machine)`);
  say(`logs       ${join(trial.folder, '*.log')}`);
  return {
    async flow() {
      const [row] = await pool.query<{
        locations: number;
        anomalies: number;
        rows: number;
        newest: Date | null;
      }>(
        'SELECT (SELECT COUNT(*) FROM locations WHERE collected_at IS NOT NULL) AS locations, (SELECT COUNT(*) FROM anomalies) AS anomalies, COUNT(*) AS `rows`, MAX(observed_at) AS newest FROM observations',
      );
      const ended = workers.find((worker) => worker.state() !== undefined);
      const trouble =
        ended === undefined
          ? (collector.trouble() ?? detector.trouble())
          : `${ended.name} ended:\n${lastWords(ended)}`;
      const newest = row?.newest?.toISOString().slice(0, 16) ?? 'none';
      return `${row?.locations} of 892 locations collected, ${row?.rows} observations, the newest of ${newest}, ${row?.anomalies} anomalies${trouble === undefined ? '' : `\n${trouble}`}`;
    },
    async close() {
      await Promise.all([collector.stop(), detector.stop()]);
      await pool.end();
      await source.close();
      await trial.close();
    },
  };
}
