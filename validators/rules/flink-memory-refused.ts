import { environmentOf } from '../graph/container-environment.ts';
import { flinkProcesses } from '../graph/flink.ts';
import { memoryRefused } from '../graph/flink-memory.ts';
import type { Option } from '../graph/options.ts';
import { blamed } from '../graph/scripts.ts';
import type { Rule } from './rule.ts';

/** The text of a word of a command line, by its path. */
function wordAt({ container, path }: Option): string {
  const [, list, index] = /\.(command|args)\[(\d+)\]$/.exec(path) ?? [];
  return list === undefined ? '' : (container.spec[list as 'command' | 'args']?.[Number(index)] ?? '');
}

/** A process of Flink is told of memory that does not add up. */
export const flinkMemoryRefused: Rule = {
  id: 'flink-memory-refused',
  severity: 'error',
  family: 'data systems',
  title: "a Flink process's memory settings do not add up",
  *check({ model }) {
    const said = new Set<string>();
    for (const process of flinkProcesses(model)) {
      const refusal = memoryRefused(process);
      if (refusal === undefined) continue;
      const { workload, container, role, settings } = process;
      const [option] = refusal.keys.map((key) => settings.get(key)).filter((one) => one !== undefined);
      const place =
        option === undefined
          ? { object: workload.object, path: container.path, by: `${workload.kind} ${workload.name}` }
          : blamed(
              { ...option, raw: wordAt(option) },
              option.value,
              environmentOf(model, workload, container),
            );
      const message =
        `${place.by}: ${refusal.reason}: the ${role === 'jobmanager' ? 'JobManager' : 'TaskManager'} ` +
        `of ${workload.kind} ${workload.name} would not start`;
      if (said.has(message)) continue;
      said.add(message);
      yield { object: place.object, path: place.path, message };
    }
  },
};
