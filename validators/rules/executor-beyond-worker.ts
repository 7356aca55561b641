import { parseSize } from '../graph/memory.ts';
import type { Option } from '../graph/options.ts';
import { type SparkProcess, sparkProcesses } from '../graph/spark.ts';
import type { Problem, Rule } from './rule.ts';

interface Measure {
  readonly wanted: string;
  readonly offered: string;
  readonly what: string;
  readonly read: (text: string) => number | undefined;
}

const measures: readonly Measure[] = [
  { wanted: 'spark.executor.memory', offered: 'SPARK_WORKER_MEMORY', what: 'memory', read: parseSize },
  {
    wanted: 'spark.executor.cores',
    offered: 'SPARK_WORKER_CORES',
    what: 'cores',
    read: (text) => (/^\d+$/.test(text.trim()) ? Number(text) : undefined),
  },
];

/** The workers that register with the master that a driver asks. */
function workersOf(driver: SparkProcess, all: readonly SparkProcess[]): SparkProcess[] {
  const master = /^spark:\/\/([\w-]+)/.exec(driver.settings.get('spark.master')?.value ?? '')?.[1];
  if (master === undefined) return [];
  return all.filter(({ role, workload, container, settings }) => {
    if (role !== 'worker' || workload.namespace !== driver.workload.namespace) return false;
    const line = [...(container.spec.command ?? []), ...(container.spec.args ?? [])].join(' ');
    const told = [
      line,
      settings.get('SPARK_MASTER_URL')?.value ?? '',
      settings.get('SPARK_MASTER')?.value ?? '',
    ];
    return told.some((text) => text.includes(`spark://${master}`));
  });
}

function judge(
  driver: SparkProcess,
  workers: readonly SparkProcess[],
  measure: Measure,
): Problem | undefined {
  const option = driver.settings.get(measure.wanted);
  const wanted = measure.read(option?.value ?? '');
  if (option === undefined || wanted === undefined) return undefined;
  const offers: Option[] = [];
  for (const { settings } of workers) {
    const offer = settings.get(measure.offered);
    const amount = measure.read(offer?.value ?? '');
    // What a worker offers by itself is what its node has.
    if (offer === undefined || amount === undefined || amount >= wanted) return undefined;
    offers.push(offer);
  }
  const have = offers.map(
    ({ value }, index) => `${workers[index]?.workload.kind} ${workers[index]?.workload.name} offers ${value}`,
  );
  return {
    object: option.object,
    path: option.path,
    message:
      `${measure.wanted} of ${driver.workload.kind} ${driver.workload.name} is ${option.value} (${option.by}), and ${have.join(', ')}: ` +
      'no worker has room for an executor, and the application would wait for one for ever',
  };
}

/** A Spark application wants executors larger than any worker of its cluster. */
export const executorBeyondWorker: Rule = {
  id: 'executor-beyond-worker',
  severity: 'error',
  family: 'data systems',
  title: 'a Spark application wants executors larger than any worker',
  *check({ model }) {
    const all = sparkProcesses(model);
    for (const driver of all.filter(({ role }) => role === 'driver')) {
      const workers = workersOf(driver, all);
      if (workers.length === 0) continue;
      for (const measure of measures) {
        const problem = judge(driver, workers, measure);
        if (problem !== undefined) yield problem;
      }
    }
  },
};
