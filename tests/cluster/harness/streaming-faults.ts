import { killKubelet } from './faults.ts';
import type { SystemCluster } from './system-cluster.ts';

/** What ends pods and programs of streaming while it works, by what it is. */
export function streamingFaults({
  shell,
  state,
}: Pick<SystemCluster, 'shell' | 'state'>): Readonly<Record<string, () => Promise<unknown>>> {
  const killed = (pods: string) =>
    shell(`kubectl delete pod ${pods} -n streaming --grace-period=0 --force --wait=false`);
  const back = (workload: string) => shell(`kubectl rollout status ${workload} -n streaming --timeout=560s`);
  return {
    "the TaskManager's pod is killed": async () => {
      await killed('-l app=flink-taskmanager');
      await back('deployment/flink-taskmanager');
    },
    "the broker's pod is killed": async () => {
      await killed('kafka-0');
      await back('statefulset/kafka');
    },
    "the JobManager's pod is killed": async () => {
      await killed('-l app=flink-jobmanager');
      await back('deployment/flink-jobmanager');
    },
    "ZooKeeper's pod is killed": async () => {
      await killed('zookeeper-0');
      await back('statefulset/zookeeper');
    },
    "the kubelet, and the registry's and the workers' pods are killed": async () => {
      await killKubelet(state);
      await killed("-l 'app in (schema-registry, streaming-producer, streaming-consumer)'");
      for (const name of ['schema-registry', 'streaming-producer', 'streaming-consumer'])
        await back(`deployment/${name}`);
    },
  };
}
