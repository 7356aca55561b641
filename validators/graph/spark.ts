import type { Model } from '../model/model.ts';
import type { Container, Workload } from '../model/workload.ts';
import type { Option } from './options.ts';
import { perContainer } from './per-container.ts';
import { settingsOf } from './scripts.ts';

/** A process of Spark, with its settings by their keys. */
export interface SparkProcess {
  readonly workload: Workload;
  readonly container: Container;
  readonly role: 'master' | 'worker' | 'driver';
  readonly settings: ReadonlyMap<string, Option>;
}

/** The process of Spark that a container runs; a driver only where it runs in the container itself. */
export const sparkProcess: (
  model: Model,
  workload: Workload,
  container: Container,
) => SparkProcess | undefined = perContainer(readProcess);

function readProcess(model: Model, workload: Workload, container: Container): SparkProcess | undefined {
  if (container.role !== 'main') return undefined;
  const words = [...(container.spec.command ?? []), ...(container.spec.args ?? [])];
  const line = words.join(' ');
  const options = settingsOf(model, workload, container);
  const isSpark =
    /spark/i.test(line) || options.some(({ key }) => key.startsWith('spark.') || key.startsWith('SPARK_'));
  if (!isSpark) return undefined;
  const settings = new Map(options.map((option) => [option.key, option]));
  const flag = (names: readonly string[], key: string) => {
    const at = words.findIndex((word) => names.includes(word));
    const value = words[at + 1];
    if (at < 0 || value === undefined) return;
    const list = at + 1 < (container.spec.command ?? []).length ? 'command' : 'args';
    const index = list === 'command' ? at + 1 : at + 1 - (container.spec.command ?? []).length;
    const path = `${container.path}.${list}[${index}]`;
    settings.set(key, { container, key, value, object: workload.object, path, by: `flag ${words[at]}` });
  };
  const mode = settings.get('SPARK_MODE')?.value;
  if (/deploy\.master\.Master|start-master/.test(line) || mode === 'master')
    return { workload, container, role: 'master', settings };
  if (/deploy\.worker\.Worker|start-(?:worker|slave)/.test(line) || mode === 'worker') {
    flag(['--memory', '-m'], 'SPARK_WORKER_MEMORY');
    flag(['--cores', '-c'], 'SPARK_WORKER_CORES');
    return { workload, container, role: 'worker', settings };
  }
  if (/HistoryServer|start-history|deploy\.k8s|ExternalShuffle/.test(line)) return undefined;
  for (const [names, key] of [
    [['--driver-memory'], 'spark.driver.memory'],
    [['--executor-memory'], 'spark.executor.memory'],
    [['--executor-cores'], 'spark.executor.cores'],
    [['--master'], 'spark.master'],
    [['--deploy-mode'], 'spark.submit.deployMode'],
  ] as const)
    flag(names, key);
  if (settings.get('spark.submit.deployMode')?.value === 'cluster') return undefined;
  const drives =
    settings.has('spark.master') ||
    settings.has('spark.driver.memory') ||
    /spark-submit|pyspark|spark-shell|thriftserver/i.test(line);
  return drives ? { workload, container, role: 'driver', settings } : undefined;
}

/** The processes of Spark among all workloads. */
export function sparkProcesses(model: Model): SparkProcess[] {
  return model.workloads.flatMap((workload) =>
    workload.containers.flatMap((container) => sparkProcess(model, workload, container) ?? []),
  );
}
