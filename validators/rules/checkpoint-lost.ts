import { flinkProcesses } from '../graph/flink.ts';
import type { Option } from '../graph/options.ts';
import { settingsOf } from '../graph/scripts.ts';
import { sparkProcess } from '../graph/spark.ts';
import { type Backing, lastingMounts, localPath, storageAt } from '../graph/storage.ts';
import type { Model } from '../model/model.ts';
import type { Container, Workload } from '../model/workload.ts';
import type { Rule } from './rule.ts';

interface Kept {
  readonly workload: Workload;
  readonly container: Container;
  readonly option: Option;
  readonly folder: string;
  readonly backing: Backing;
  /** True where it is sure that the state is meant to outlive the pod, or to be shared. */
  readonly meant: boolean;
  readonly effect: string;
}

/** What Flink keeps of jobs, by its settings. */
const flinkFolders =
  /^(?:execution\.checkpointing\.(?:dir|savepoint-dir)|state\.(?:checkpoints|savepoints)\.dir|state\.backend\.fs\.checkpointdir)$/;
const highAvailability = 'high-availability.storageDir';

function* ofFlink(model: Model): Iterable<Kept> {
  for (const { workload, container, role, settings } of flinkProcesses(model)) {
    const mode =
      (settings.get('high-availability.type') ?? settings.get('high-availability'))?.value ?? 'NONE';
    const isAvailable = !/^none$/i.test(mode);
    for (const option of settings.values()) {
      const isStore = option.key === highAvailability;
      if (!isStore && !flinkFolders.test(option.key)) continue;
      // What a JobManager that comes back needs, it alone reads.
      if (isStore && role === 'taskmanager') continue;
      const folder = localPath(option.value);
      if (folder === undefined) continue;
      yield {
        workload,
        container,
        option,
        folder,
        backing: storageAt(workload, container, folder),
        meant: isAvailable || lastingMounts(workload, container).length > 0,
        effect: isStore
          ? 'a JobManager that comes back would find the name of its jobs and not the jobs'
          : 'a job that comes back would not find its last state, nor would another pod',
      };
    }
  }
}

/** Settings and variables by which stream processors are told of their folder. */
const anyFolder = /(?:^|[._-])checkpoint[._-]?(?:location|dir|directory|path)$/i;

function* ofOthers(model: Model): Iterable<Kept> {
  for (const workload of model.workloads) {
    if (!workload.serves || workload.kind === 'DaemonSet') continue;
    for (const container of workload.containers) {
      if (container.role !== 'main') continue;
      const options = settingsOf(model, workload, container).filter(
        ({ key, value }) => value.includes('/') && anyFolder.test(key) && !flinkFolders.test(key),
      );
      if (options.length === 0) continue;
      const spark = sparkProcess(model, workload, container)?.settings;
      for (const option of options) {
        const folder = localPath(option.value);
        // Without a scheme it is a folder of the default store.
        const store = spark?.get('spark.hadoop.fs.defaultFS')?.value ?? 'file:///';
        if (folder === undefined || (option.value.startsWith('/') && !store.startsWith('file:'))) continue;
        const cluster = /^(?:spark|k8s|yarn)/.test(spark?.get('spark.master')?.value ?? '');
        yield {
          workload,
          container,
          option,
          folder,
          backing: storageAt(workload, container, folder),
          meant: cluster || lastingMounts(workload, container).length > 0,
          effect: cluster
            ? 'executors in other pods would write each to its own, and nothing of it outlives them'
            : 'a pod that takes its place would begin anew, and read again or leave out what came before',
        };
      }
    }
  }
}

/** The state that a stream processor is to come back to lies where no other pod finds it. */
export const checkpointLost: Rule = {
  id: 'checkpoint-lost',
  severity: 'error',
  family: 'data systems',
  title: 'checkpoints are kept where they go with the pod',
  *check({ model }) {
    const said = new Set<string>();
    for (const { workload, container, option, folder, backing, meant, effect } of [
      ...ofFlink(model),
      ...ofOthers(model),
    ]) {
      if (backing.kind === 'lasting') continue;
      const { object, path, key, by } = option;
      const place = `${object.kind} ${object.metadata.name} ${path} ${key}`;
      if (said.has(place)) continue;
      said.add(place);
      const mounts = lastingMounts(workload, container).map((one) => `${one.described} at ${one.at}`);
      const beside =
        mounts.length === 0 ? 'no volume outlives the pod' : `what outlives the pod is ${mounts.join(', ')}`;
      yield {
        object,
        path,
        message: `${key} is ${option.value} (${by}), and ${folder} of ${workload.kind} ${workload.name} is ${backing.described}; ${beside}: ${effect}`,
        ...(meant ? {} : { severity: 'warning' as const }),
      };
    }
  },
};
