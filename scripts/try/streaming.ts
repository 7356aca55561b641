import { renderSystem } from '../../trial/overlay/system.ts';
import { lastWords } from '../../trial/process/start.ts';
import { startStreamingServices, submitJob } from '../../trial/streaming.ts';
import { openTrial, type Trial } from '../../trial/trial.ts';
import { type RunningWorker, startWorker } from '../../trial/worker.ts';
import { root } from '../lib/root.ts';
import { repositoryTools } from '../lib/tools.ts';
import type { RunningSystem, Try } from './try.ts';

/** ZooKeeper, Kafka, the registry and Flink with its job, and as many producers and consumers as the overlay has. */
export const tryStreaming: Try = async ({ environment, engine, say, signal }) => {
  const { kustomize } = await repositoryTools(say);
  const system = await renderSystem(root, kustomize, environment, 'streaming');
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
  const { model, environment } = trial.system;
  const what = trial.engine === 'docker' ? 'containers' : 'processes';
  say(`overlays/${environment}/streaming: ZooKeeper, Kafka, the Schema Registry and Flink as ${what}`);
  const { kafka, registry, flink } = await startStreamingServices(trial);
  signal.throwIfAborted();
  say('the job, by revenue-job');
  await submitJob(trial);
  const workers = new Map<string, RunningWorker[]>();
  for (const name of ['streaming-producer', 'streaming-consumer']) {
    const { replicas } = model.workloads.find((workload) => workload.name === name) ?? {
      replicas: { min: 1 },
    };
    const started: RunningWorker[] = [];
    for (let index = 0; index < replicas.min; index += 1) {
      signal.throwIfAborted();
      const worker = await startWorker(trial, { workload: `Deployment/${name}`, index });
      started.push(worker);
      say(`${name}-${index}: ${worker.metrics}/metrics`);
    }
    workers.set(name, started);
  }
  say(`flink      ${flink.url}`);
  say(`registry   ${registry.url}/subjects`);
  say(`kafka      ${kafka.address}`);
  say(`logs       ${trial.folder}/*.log`);
  say('the first minute is told two minutes from now: it has to be over, for late orders too, and committed');
  const sum = async (worker: string, metric: string): Promise<number> => {
    const texts = await Promise.all(
      (workers.get(worker) ?? []).map(({ metrics }) =>
        fetch(`${metrics}/metrics`).then(
          (answer) => answer.text(),
          () => '',
        ),
      ),
    );
    const lines = texts.flatMap((text) => [
      ...text.matchAll(new RegExp(`^${metric}(?:\\{.*\\})? (\\S+)$`, 'gm')),
    ]);
    return lines.reduce((total, [, value]) => total + Number(value), 0);
  };
  return {
    async flow() {
      const made = await sum('streaming-producer', 'streaming_producer_orders_made_total');
      const [minutes, orders, cents] = [
        await sum('streaming-consumer', 'streaming_consumer_minutes_total'),
        await sum('streaming-consumer', 'streaming_consumer_orders_total'),
        await sum('streaming-consumer', 'streaming_consumer_revenue_cents_total'),
      ];
      const all = [...workers.values()].flat();
      const running = [flink.jobManager(), ...flink.taskManagers(), ...all];
      const ended = running.find((one) => one.state() !== undefined);
      const trouble = ended === undefined ? '' : `\n${ended.name} ended:\n${lastWords(ended)}`;
      return `orders ${made} placed; ${orders} counted in ${minutes} sums, ${(cents / 100).toFixed(2)} in all${trouble}`;
    },
    close: trial.close,
  };
}
