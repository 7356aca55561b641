import { killKubelet } from './faults.ts';
import type { SystemCluster } from './system-cluster.ts';

/** What ends pods and programs of feastflow while guests order, by what it is. */
export function feastflowFaults({
  shell,
  state,
}: Pick<SystemCluster, 'shell' | 'state'>): Readonly<Record<string, () => Promise<void>>> {
  const back = (workload: string) => shell(`kubectl rollout status ${workload} -n feastflow --timeout=560s`);
  const kill = (pods: string) =>
    shell(`kubectl delete pod ${pods} -n feastflow --grace-period=0 --force --wait=false`);
  return {
    'a backend is killed': async () => {
      const pods = await shell('kubectl get pods -n feastflow -l app=feastflow-backend --output=name');
      const [pod = ''] = pods.trim().split('\n');
      await kill(pod.replace('pod/', ''));
      await back('deployment/feastflow-backend');
    },
    'all backends are killed': async () => {
      await kill('-l app=feastflow-backend');
      await back('deployment/feastflow-backend');
    },
    'the kubelet is killed': () => killKubelet(state),
    "PostgreSQL's pod is killed": async () => {
      await kill('postgres-0');
      await back('statefulset/postgres');
    },
  };
}
