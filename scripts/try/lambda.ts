import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { prepareLambda, startLambdaServices } from '../../trial/lambda.ts';
import { renderSystem } from '../../trial/overlay/system.ts';
import { lastWords } from '../../trial/process/start.ts';
import { openTrial, type Trial } from '../../trial/trial.ts';
import { type RunningWorker, startWorker } from '../../trial/worker.ts';
import { root } from '../lib/root.ts';
import { repositoryTools } from '../lib/tools.ts';
import type { RunningSystem, Try } from './try.ts';

const sample = 'base/components/sample-data/lambda/transactions-sample.csv';

/** The lambda platform: as many producers and consumers as the overlay has, and the batch once over the sample file. */
export const tryLambda: Try = async ({ environment, engine, say, signal }) => {
  const { kustomize } = await repositoryTools(say);
  const system = await renderSystem(root, kustomize, environment, 'lambda');
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
  say(`overlays/${environment}/lambda: ZooKeeper, Kafka and PostgreSQL as ${what}`);
  const services = await startLambdaServices(trial);
  signal.throwIfAborted();
  say('topics and tables, by kafka-topics and db-setup-job');
  await prepareLambda(trial, services);
  const workers: RunningWorker[] = [];
  for (const name of ['lambda-producer-stream', 'lambda-consumer']) {
    const { replicas } = model.workloads.find((workload) => workload.name === name) ?? {
      replicas: { min: 1 },
    };
    for (let index = 0; index < replicas.min; index += 1) {
      signal.throwIfAborted();
      const worker = await startWorker(trial, { workload: `Deployment/${name}`, index });
      workers.push(worker);
      say(`${name}-${index}: ${worker.metrics}/metrics`);
    }
  }
  const inbox = join(trial.folder, 'inbox');
  await mkdir(inbox);
  await cp(join(root, sample), join(inbox, 'transactions-sample.csv'));
  const batch = await startWorker(trial, { workload: 'CronJob/csv-batch-cron', folders: { inbox } });
  const { login, kafka, postgres } = services;
  say(`kafka      ${kafka.address}`);
  const psql = postgres.bin === undefined ? 'psql' : join(postgres.bin, 'psql');
  say(
    `postgres   PGPASSWORD=${login.password} ${psql} --host=${login.host} --port=${login.port} --username=${login.user} ${login.database}`,
  );
  say(`inbox      ${inbox}`);
  say(`logs       ${trial.folder}/*.log`);
  say('the consumers join their group, which takes some ten seconds');
  const database = new pg.Pool({ ...login, max: 1 });
  database.on('error', () => {});
  let before: { rows: number; at: number } | undefined;
  return {
    async flow() {
      const [row] = (
        await database.query<{ stream: number; batch: number; dead: number; files: number }>(
          `SELECT count(*) FILTER (WHERE source = 'stream')::int AS stream,
             count(*) FILTER (WHERE source = 'batch')::int AS batch,
             (SELECT count(*)::int FROM dead_letters) AS dead,
             (SELECT count(*)::int FROM batch_jobs WHERE status = 'done') AS files
           FROM transactions`,
        )
      ).rows;
      const stream = row?.stream ?? 0;
      const now = performance.now();
      const rate = before === undefined ? 0 : ((stream - before.rows) / (now - before.at)) * 1000;
      before = { rows: stream, at: now };
      const ended = [...workers, batch].find((worker) => (worker.state()?.status ?? 0) !== 0);
      const trouble = ended === undefined ? '' : `\n${ended.name} ended:\n${lastWords(ended)}`;
      return `stream ${stream} rows (${rate.toFixed(0)}/s), batch ${row?.batch} rows of ${row?.files} files, ${row?.dead} dead letters${trouble}`;
    },
    async close() {
      await database.end();
      await trial.close();
    },
  };
}
