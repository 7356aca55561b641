import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pySpark } from '../downloads/pyspark.ts';
import { lastWords } from '../process/start.ts';
import type { Trial } from '../trial.ts';
import { until } from '../until.ts';
import { type RunningWorker, startWorker } from '../worker.ts';

/** A master and its workers as the overlay has them, each at an address of its own with the manifest's ports. */
export interface SparkCluster {
  readonly master: RunningWorker;
  readonly workers: readonly RunningWorker[];
  /** For the driver. */
  readonly address: string;
  /** Where the pages of master and workers answer, by their pods. */
  readonly pages: ReadonlyMap<string, string>;
}

export interface SparkClusterOptions {
  /** How many workers: as the overlay's replicas, or its autoscaler, would have. */
  readonly workers: number;
  /** What stands for a value that only the cluster knows. */
  readonly unknownValue: string;
  /** Variables of the workers, which their executors have too. */
  readonly env: Readonly<Record<string, string>>;
  /** Another command, made from the manifest's: one with a limit of memory. */
  readonly command?: (pod: string, command: readonly string[]) => readonly string[];
}

/** Starts master and workers of the rendered Deployments and awaits that each worker is with the master. */
export async function startSparkCluster(
  trial: Trial,
  { workers: count, unknownValue, env, command = (_, words) => words }: SparkClusterOptions,
): Promise<SparkCluster> {
  const { home } = await pySpark(trial.say);
  // A block that another run has not.
  const net = `127.${64 + (process.pid % 128)}.${Math.floor(Math.random() * 256)}`;
  const pod = (name: string, index: number, address: string, more: Readonly<Record<string, string>> = {}) =>
    startWorker(trial, {
      workload: `Deployment/${name}`,
      index,
      address,
      unknownValue,
      env: {
        // A pod's own interface and disk.
        SPARK_LOCAL_IP: address,
        SPARK_LOCAL_DIRS: join(trial.folder, `${name}-${index}`, 'tmp'),
        JDK_JAVA_OPTIONS: trial.jvm,
        ...more,
      },
      paths: { '/opt/spark': home },
      command: (words) => command(`${name}-${index}`, words),
    });
  const master = await pod('spark-master', 0, `${net}.1`);
  trial.addresses.set('spark-master:7077', `${net}.1:7077`);
  const workers: RunningWorker[] = [];
  for (let index = 0; index < count; index += 1) {
    workers.push(await pod('spark-worker', index, `${net}.${10 + index}`, env));
  }
  const all = [master, ...workers];
  await until(
    async () => {
      if (all.some((one) => one.state() !== undefined)) return true;
      const answer = await fetch(`http://${net}.1:8080/json/`, { signal: AbortSignal.timeout(5000) });
      const { aliveworkers } = (await answer.json()) as { aliveworkers: number };
      return aliveworkers === count;
    },
    { deadline: 120_000, what: `${count} workers of Spark` },
  );
  const gone = all.find((one) => one.state() !== undefined);
  if (gone !== undefined) throw new Error(`${gone.name} ended at its start:\n${lastWords(gone)}`);
  const pages = new Map([['spark-master-0', `http://${net}.1:8080`]]);
  for (const index of workers.keys()) pages.set(`spark-worker-${index}`, `http://${net}.${10 + index}:8081`);
  return { master, workers, address: `${net}.2`, pages };
}

/** The ids of the executors' processes that a worker has started and that run. */
export function executorsOf(worker: Pick<RunningWorker, 'pid'>): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((id) => {
      try {
        const [, group] = /^.*\) \S+ \d+ (\d+)/s.exec(readFileSync(`/proc/${id}/stat`, 'utf8')) ?? [];
        const command = readFileSync(`/proc/${id}/cmdline`, 'utf8');
        return Number(group) === worker.pid && command.includes('CoarseGrainedExecutorBackend');
      } catch {
        // It has ended meanwhile.
        return false;
      }
    });
}
