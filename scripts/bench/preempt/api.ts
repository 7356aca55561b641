import { join } from 'node:path';
import { createLog } from '../../../apps/kit/index.ts';
import { connectPool } from '../../../apps/kit/mysql/index.ts';
import { renderSystem } from '../../../trial/overlay/system.ts';
import { migratePreempt, startPreemptServices, startPreemptWorker } from '../../../trial/preempt.ts';
import { makeAnomaly, makeFields, makeObservations } from '../../../trial/preempt-weather.ts';
import { freePort } from '../../../trial/process/free-port.ts';
import { finished, lastWords, start } from '../../../trial/process/start.ts';
import { fieldNames } from '../../../trial/seasons/units.ts';
import { openTrial, type Trial } from '../../../trial/trial.ts';
import { until } from '../../../trial/until.ts';
import type { RunningWorker } from '../../../trial/worker.ts';
import { root } from '../../lib/root.ts';
import { repositoryTools } from '../../lib/tools.ts';
import type { Part } from '../preempt.ts';
import { cpuSeconds } from '../worker-costs.ts';
import { type Measured, openLoop, warmSeconds } from './open-loop.ts';

const perSecond = 1000;
const seconds = 20;
/** As often as the daily budget allows: eleven a day, for three weeks. */
const series = { days: 21, minutes: 130 };

/**
 * One api on real services, with 892 locations and three weeks of their seven fields, under 1,000 mixed requests a
 * second that come whether or not it keeps up; and a bare Fastify route under the same.
 */
export async function benchApi(say: (message: string) => void): Promise<Part> {
  const tools = await repositoryTools(say);
  const trial = await openTrial(await renderSystem(root, tools.kustomize, 'kind', 'preempt'), { say });
  try {
    const ids = await fill(trial, say);
    const bareUrl = await startBare(trial);
    const bare = await openLoop({ url: bareUrl, path: () => '/', perSecond, seconds: 10 });
    say(`bare route: ${told(bare)}`);
    const { url, worker } = await startApi(trial);
    const before = cpuSeconds(worker);
    const api = await openLoop({ url, path: pathOf(ids), perSecond, seconds });
    const cpu = ((cpuSeconds(worker) - before) * 1000) / (perSecond * (seconds + warmSeconds));
    say(`api: ${told(api)}, ${cpu.toFixed(2)} ms of CPU a request`);
    return {
      text: `api          ${told(api)}, ${cpu.toFixed(2)} ms of CPU a request\nbare route   ${told(bare)}`,
      figures: [
        `api_rps=${Math.round(api.rate)}`,
        `api_p99_ms=${api.p99.toFixed(1)}`,
        `bare_p99_ms=${bare.p99.toFixed(1)}`,
        `api_errors=${api.errors}`,
        `api_cpu_ms=${cpu.toFixed(2)}`,
      ],
    };
  } finally {
    await trial.close();
  }
}

const told = ({ rate, median, p99, errors }: Measured) =>
  `${Math.round(rate)} answers/s, median ${median.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, ${errors} errors`;

async function fill(trial: Trial, say: (message: string) => void): Promise<number[]> {
  const { mysql } = await startPreemptServices(trial);
  await migratePreempt(trial);
  await finished(await startPreemptWorker(trial, { workload: 'Job/seed' }), 120_000);
  const pool = connectPool(mysql.login, 'bench', 1, createLog('bench', 'silent'), { statementSeconds: 600 });
  try {
    const now = new Date(Math.floor(Date.now() / 60_000) * 60_000);
    await makeFields(pool);
    const rows = await pool.query<{ id: number }>('SELECT id FROM locations ORDER BY id');
    const ids = rows.map(({ id }) => id);
    say(`filling the tables: ${ids.length} locations, ${fieldNames.length} fields, ${series.days} days`);
    await makeObservations(pool, { ...series, until: now });
    await pool.change('UPDATE locations SET collected_at = ?', [now]);
    // As the trainer leaves it.
    await pool.change(
      `INSERT INTO bands (location_id, field_id, part, usual, lower_bound, upper_bound, trained_at)
       SELECT l.id, f.id, p.part, 10, 5, 15, UTC_TIMESTAMP(3) FROM locations l, fields f,
         (SELECT 0 AS part UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5
          UNION ALL SELECT 6 UNION ALL SELECT 7) p`,
    );
    for (const [index, location] of ids.filter((_, at) => at % 4 === 0).entries()) {
      const startedAt = new Date(now.getTime() - index * 900_000);
      const ended = index % 3 === 0 ? {} : { endedAt: now };
      await makeAnomaly(pool, { location, field: 1 + (index % 7), startedAt, ...ended });
    }
    return ids;
  } finally {
    await pool.end();
  }
}

async function startApi(trial: Trial): Promise<{ url: string; worker: RunningWorker }> {
  const port = await freePort();
  const env = { HTTP_ADDRESS: `127.0.0.1:${port}` };
  const worker = await startPreemptWorker(trial, { workload: 'Deployment/api', env });
  const url = `http://127.0.0.1:${port}`;
  await until(
    async () => {
      if (worker.state() !== undefined) throw new Error(lastWords(worker));
      return (await fetch(`${url}/ready`)).ok;
    },
    { deadline: 30_000, what: 'the api' },
  );
  return { url, worker };
}

async function startBare(trial: Trial): Promise<string> {
  const running = start({
    name: 'bare',
    command: [
      process.execPath,
      '--disable-warning=ExperimentalWarning',
      join(import.meta.dirname, 'bare.ts'),
    ],
    env: { PATH: process.env.PATH ?? '' },
    cwd: root,
    logFile: join(trial.folder, 'bare.log'),
  });
  trial.keep(running);
  const port = await until(() => /^\d+$/m.exec(running.log())?.[0], {
    deadline: 20_000,
    what: 'the bare route',
  });
  return `http://127.0.0.1:${port}`;
}

/** What the page asks, reader by reader: a search, a list, a place with its charts; each reader another place. */
function pathOf(ids: readonly number[]): (index: number) => string {
  const words = ['san', 'new', 'ka', 'port', 'al', 'be', 'to', 'ma', 'lo', 'nova'];
  return (index) => {
    // The same for every run, and near no neighbour: a multiplier of Knuth's.
    const chance = (Math.floor(index / 10) * 2_654_435_761) % 2 ** 32;
    const id = ids[chance % ids.length];
    const ask = index % 10;
    switch (ask) {
      case 0:
        return `/api/locations?q=${words[chance % words.length]}&sort=population&limit=8`;
      case 1:
        return `/api/locations?limit=50&country=${['US', 'RU', 'BR', 'CN'][chance % 4]}`;
      case 2:
        return index % 20 === 2 ? '/api/anomalies' : '/api/summary';
      case 3:
        return `/api/locations/${id}`;
      case 4:
        return `/api/anomalies?state=all&location=${id}&limit=200`;
      default:
        return `/api/locations/${id}/observations?field=${fieldNames[(chance + ask) % fieldNames.length]}`;
    }
  };
}
