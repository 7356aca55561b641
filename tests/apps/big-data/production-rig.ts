import { join } from 'node:path';
import { parseQuantity } from '@plumbline/validators';
import { jars } from '../../../trial/downloads/jars.ts';
import { podContainer } from '../../../trial/overlay/container.ts';
import { renderSystem, workloadOf } from '../../../trial/overlay/system.ts';
import { canLimitMemory, limitMemory, type MemoryLimit } from '../../../trial/process/memory-limit.ts';
import { type ObjectStorage, startObjectStorage } from '../../../trial/services/object-storage.ts';
import { type SparkCluster, startSparkCluster } from '../../../trial/services/spark-cluster.ts';
import { openTrial } from '../../../trial/trial.ts';
import { root } from '../../house/repository.ts';
import { kustomize } from './gateway-rig.ts';
import { openSparkRig, type SparkRig } from './spark-rig.ts';

/** Spark as the overlay of production has it, beside one broker and one node of kind's. */
export interface ProductionRig extends SparkRig {
  readonly cluster: SparkCluster;
  readonly objects: ObjectStorage;
  /** The limits of memory of the pods, by name; none where the machine makes none. */
  readonly limits: ReadonlyMap<string, MemoryLimit>;
}

const unknownValue = 'known-to-the-cluster';
/** What the manifests call the store of objects, and the bucket in it. */
const location = /^s3a:\/\/([^/]+)\/(.+)$/;

/** A driver's checkpoints in a store of objects, its executors in the workers' pods. */
export async function openProductionRig(): Promise<ProductionRig> {
  const data = await openSparkRig();
  const system = await renderSystem(root, kustomize, 'production', 'big-data');
  const trial = await openTrial(system, { say: data.trial.say });
  const limits = new Map<string, MemoryLimit>();
  const close = async () => {
    await trial.close();
    for (const limit of limits.values()) await limit.remove();
    await data.close();
  };
  try {
    for (const [name, address] of data.trial.addresses) trial.addresses.set(name, address);
    const driver = podContainer(system, workloadOf(system, 'Deployment', 'spark-streaming'), {
      unknownValue,
    });
    const [, bucket = '', folder = ''] = location.exec(driver.env.get('CHECKPOINT_LOCATION') ?? '') ?? [];
    const objects = await startObjectStorage(trial, bucket);
    const pods = ['spark-master-0', 'spark-worker-0', 'spark-worker-1', 'spark-streaming-0'];
    if (await canLimitMemory()) {
      for (const pod of pods) {
        const { containers } = workloadOf(system, 'Deployment', pod.replace(/-\d+$/, ''));
        const most = containers.find(({ role }) => role === 'main')?.spec.resources?.limits?.memory;
        limits.set(pod, await limitMemory(pod, parseQuantity(most ?? '')));
      }
    } else trial.say('no limits of memory: not root, or no cgroups');
    // Only what a manifest names reaches its pod.
    const named = (name: string, values: Readonly<Record<string, string>>) => {
      const { env } = podContainer(system, workloadOf(system, 'Deployment', name), { unknownValue });
      return Object.fromEntries(Object.entries(values).filter(([key]) => env.has(key)));
    };
    const within = (pod: string, command: readonly string[]) => limits.get(pod)?.command(command) ?? command;
    const cluster = await startSparkCluster(trial, {
      workers: 2,
      unknownValue,
      env: named('spark-worker', objects.credentials),
      command: within,
    });
    const { username, password } = data.cassandra.credentials('writer');
    return {
      ...data,
      trial,
      close,
      cluster,
      objects,
      limits,
      checkpoints: join(objects.objects, folder),
      spark: {
        address: cluster.address,
        unknownValue,
        jars: [await jars('spark-object-storage-3.5.7', trial.say)],
        env: named('spark-streaming', {
          ...objects.credentials,
          CASSANDRA_USER: username,
          CASSANDRA_PASSWORD: password,
        }),
        // By its own name and TLS in a cluster.
        conf: `spark.hadoop.fs.s3a.endpoint ${objects.endpoint}`,
        command: (words) => within('spark-streaming-0', words),
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}
