import { type Option, optionsOf } from '../graph/options.ts';
import type { Model } from '../model/model.ts';
import type { Container, Workload } from '../model/workload.ts';
import type { Rule } from './rule.ts';

interface Process {
  readonly workload: Workload;
  readonly container: Container;
  readonly options: readonly Option[];
  readonly command: string;
}

/** The Flink processes of a namespace whose command line has a word. */
function processesOf(model: Model, namespace: string, word: RegExp): Process[] {
  return model.workloadsIn(namespace).flatMap((workload) =>
    workload.containers.flatMap((container) => {
      const command = [...(container.spec.command ?? []), ...(container.spec.args ?? [])].join(' ');
      if (container.role !== 'main' || !word.test(command)) return [];
      return [{ workload, container, options: optionsOf(model, workload, container), command }];
    }),
  );
}

function lastOf(options: readonly Option[], key: string): Option | undefined {
  return options.findLast((option) => option.key === key);
}

/** Flink jobs want more slots than the TaskManagers have together. */
export const slotsBelowParallelism: Rule = {
  id: 'slots-below-parallelism',
  severity: 'error',
  family: 'data systems',
  title: 'a Flink job wants more slots than the TaskManagers have',
  *check({ model }) {
    for (const namespace of model.namespaces) {
      const workers = processesOf(model, namespace, /taskmanager/);
      if (workers.length === 0) continue;
      const slots = workers.reduce(
        (sum, { workload, options }) =>
          sum + workload.replicas.max * Number(lastOf(options, 'taskmanager.numberOfTaskSlots')?.value ?? 1),
        0,
      );
      const have = workers
        .map(({ workload, options }) => {
          const each = lastOf(options, 'taskmanager.numberOfTaskSlots')?.value ?? 1;
          return `${workload.kind} ${workload.name} has ${workload.replicas.max} x ${each}`;
        })
        .join(', ');
      if (!Number.isFinite(slots)) continue;
      const jobs = processesOf(model, namespace, /jobmanager|standalone-job|\bflink\s+run\b/);
      for (const { workload, container, options, command } of jobs) {
        const flag = /\s(?:-p|--parallelism)[ =](\d+)\b/.exec(command)?.[1];
        const option = lastOf(options, 'parallelism.default');
        const wanted = Number(flag ?? option?.value);
        // With the adaptive scheduler a job takes what there is.
        if (!(wanted > slots) || lastOf(options, 'jobmanager.scheduler')?.value === 'adaptive') continue;
        const field = container.spec.args === undefined ? 'command' : 'args';
        yield {
          object: flag === undefined && option !== undefined ? option.object : workload.object,
          path: flag === undefined && option !== undefined ? option.path : `${container.path}.${field}`,
          message:
            `${workload.kind} ${workload.name} runs jobs with a parallelism of ${wanted}${flag === undefined ? ` (parallelism.default, ${option?.by})` : ''}, ` +
            `and there are ${slots} task slots (${have}): the job would wait for slots, and fail when it has waited long enough`,
        };
      }
    }
  },
};
