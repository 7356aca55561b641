import { join } from 'node:path';
import { startBigDataServices, startGateway } from '../../trial/big-data.ts';
import { renderSystem } from '../../trial/overlay/system.ts';
import { lastWords, start } from '../../trial/process/start.ts';
import { connect } from '../../trial/services/cassandra.ts';
import { startSpark, waitForSchema } from '../../trial/services/spark.ts';
import { openTrial, type Trial } from '../../trial/trial.ts';
import { root } from '../lib/root.ts';
import { repositoryTools } from '../lib/tools.ts';
import type { RunningSystem, Try } from './try.ts';

/** Events a second that the generator makes: what two cores have time for beside all else. */
const rate = 20;

/** The gateway, Kafka, Spark and Cassandra, and the generator that sends them a storefront. */
export const tryBigData: Try = async ({ environment, engine, say, signal }) => {
  const { kustomize } = await repositoryTools(say);
  const system = await renderSystem(root, kustomize, environment, 'big-data');
  const trial = await openTrial(system, { engine, say });
  try {
    return await begin(trial, say, signal);
  } catch (error) {
    await trial.close();
    throw error;
  }
};

async function begin(
  trial: Trial,
  say: (message: string) => void,
  signal: AbortSignal,
): Promise<RunningSystem> {
  const what = trial.engine === 'docker' ? 'containers' : 'processes';
  say(
    `overlays/${trial.system.environment}/big-data: Kafka and Cassandra as ${what}, their topics, tables and roles`,
  );
  const { kafka, cassandra } = await startBigDataServices(trial);
  signal.throwIfAborted();
  const gateway = await startGateway(trial);
  await waitForSchema(trial);
  signal.throwIfAborted();
  // With fewer records a batch a laptop shows the first rows sooner.
  const spark = await startSpark(trial, { env: { MAX_OFFSETS_PER_TRIGGER: '5000' } });
  const generator = trial.keep(
    start({
      name: 'generator',
      command: [
        ...[process.execPath, '--disable-warning=ExperimentalWarning', join(root, 'scripts/generate.ts')],
        ...['--url', gateway.url, '--rate', String(rate), '--duration', '31536000'],
      ],
      env: { PATH: process.env.PATH ?? '' },
      cwd: root,
      logFile: join(trial.folder, 'generator.log'),
    }),
  );
  const { username, password } = cassandra.credentials('reader');
  say(`gateway    ${gateway.url}/docs`);
  say(`more       npm run generate -- --url ${gateway.url} --rate 200 --duration 10 --seed 2`);
  say(`kafka      ${kafka.address}`);
  say(`cassandra  ${cassandra.host}:${cassandra.port}, data centre dc1, as ${username} with ${password}`);
  say(`spark      ${spark.ui}, ${spark.metrics}/metrics`);
  say(`logs       ${trial.folder}/*.log`);
  say("Spark's first batch takes half a minute");
  const client = await connect(cassandra, 'reader');
  /** The rows of this month and the one before, by kind. */
  const counted = async () => {
    const now = new Date();
    const months = [0, -1].map((ago) => {
      const first = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ago));
      return `'${first.toISOString().slice(0, 10)}'`;
    });
    const query = `SELECT kind, SUM(events) AS events FROM storefront.activity_by_minute
      WHERE kind IN ('session', 'view', 'cart', 'purchase') AND month IN (${months.join(', ')}) GROUP BY kind, month`;
    const found = new Map<string, bigint>();
    for (const row of (await client.execute(query)).rows) {
      const kind = String(row.get('kind'));
      found.set(kind, (found.get(kind) ?? 0n) + BigInt(row.get('events') ?? 0));
    }
    return found;
  };
  return {
    async flow() {
      const text = await fetch(`${gateway.worker.metrics}/metrics`).then((answer) => answer.text());
      const accepted = /^gateway_events_accepted_total (\d+)$/m.exec(text)?.[1] ?? '0';
      const kinds = await counted();
      const rows = ['session', 'view', 'cart', 'purchase'].map((kind) => `${kinds.get(kind) ?? 0} ${kind}s`);
      const ended = [gateway.worker, spark, generator].find((one) => one.state() !== undefined);
      const trouble = ended === undefined ? '' : `\n${ended.name} ended:\n${lastWords(ended)}`;
      return `gateway ${accepted} events; counted in Cassandra: ${rows.join(', ')}${trouble}`;
    },
    async close() {
      await client.shutdown();
      await trial.close();
    },
  };
}
