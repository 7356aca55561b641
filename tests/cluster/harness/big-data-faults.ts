import { killKubelet } from './faults.ts';
import type { SystemCluster } from './system-cluster.ts';

/** What ends pods and programs of big-data while it works, by what it is. */
export function bigDataFaults({
  shell,
  state,
}: Pick<SystemCluster, 'shell' | 'state'>): Readonly<Record<string, () => Promise<void>>> {
  const killed = (pods: string) =>
    shell(`kubectl delete pod ${pods} -n big-data --grace-period=0 --force --wait=false`);
  const back = (workload: string) => shell(`kubectl rollout status ${workload} -n big-data --timeout=560s`);
  return {
    "Spark's pod is killed": async () => {
      await killed('-l app=spark-streaming');
      await back('deployment/spark-streaming');
    },
    'the kubelet is killed': () => killKubelet(state),
    "Kafka's pod is killed": async () => {
      await killed('kafka-0');
      await back('statefulset/kafka');
    },
    "Cassandra's pod is killed": async () => {
      await killed('cassandra-0');
      await back('statefulset/cassandra');
    },
    "the gateway's pod is killed": async () => {
      await killed('-l app=producer-gateway');
      await back('deployment/producer-gateway');
    },
    'gateway and Spark are rolled out anew': async () => {
      await shell(
        'kubectl rollout restart deployment/producer-gateway deployment/spark-streaming -n big-data',
      );
      await back('deployment/producer-gateway');
      await back('deployment/spark-streaming');
    },
  };
}
