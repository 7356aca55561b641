import type { Model } from '../model/model.ts';
import type { Container, Workload } from '../model/workload.ts';
import type { Option } from './options.ts';
import { perContainer } from './per-container.ts';
import { settingsOf } from './scripts.ts';

/** A process of Flink, with its settings by their keys, each as the process would take it. */
export interface FlinkProcess {
  readonly workload: Workload;
  readonly container: Container;
  readonly role: 'jobmanager' | 'taskmanager';
  readonly settings: ReadonlyMap<string, Option>;
}

/** The process of Flink that a container runs by its command line; undefined where it runs none. */
export const flinkProcess: (
  model: Model,
  workload: Workload,
  container: Container,
) => FlinkProcess | undefined = perContainer(readProcess);

function readProcess(model: Model, workload: Workload, container: Container): FlinkProcess | undefined {
  if (container.role !== 'main') return undefined;
  const { command = [], args = [], image = '' } = container.spec;
  const line = [...command, ...args].join(' ');
  const [, name] = /(?:^|[\s/])(taskmanager|jobmanager|standalone-job)(?:\.sh)?(?=\s|$)/.exec(line) ?? [];
  if (name === undefined) return undefined;
  const options = settingsOf(model, workload, container);
  // Other systems have job managers too.
  const isFlink =
    /flink/i.test(image) ||
    /flink/i.test(line) ||
    options.some(({ key }) => /^(?:job|task)manager\./.test(key));
  if (!isFlink) return undefined;
  // What stands in FLINK_PROPERTIES is written after the file, and a flag is read after both.
  const rank = ({ by }: Option) => (by.startsWith('flag ') ? 2 : by.startsWith('env ') ? 1 : 0);
  const settings = new Map(
    [...options].sort((a, b) => rank(a) - rank(b)).map((option) => [option.key, option]),
  );
  return { workload, container, role: name === 'taskmanager' ? 'taskmanager' : 'jobmanager', settings };
}

/** The processes of Flink among all workloads. */
export function flinkProcesses(model: Model): FlinkProcess[] {
  return model.workloads.flatMap((workload) =>
    workload.containers.flatMap((container) => flinkProcess(model, workload, container) ?? []),
  );
}
