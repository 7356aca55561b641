import { killKubelet } from './faults.ts';

interface Where {
  readonly shell: (line: string) => Promise<string>;
  /** The cluster's folder. */
  readonly state: string;
}

/** What ends pods and programs of preempt while it works, by what it is. */
export function preemptFaults({ shell, state }: Where): Readonly<Record<string, () => Promise<void>>> {
  const killed = (app: string) =>
    shell(`kubectl delete pod -l app=${app} -n preempt --grace-period=0 --force --wait=false`);
  const back = (deployment: string) =>
    shell(`kubectl rollout status deployment/${deployment} -n preempt --timeout=560s`);
  return {
    "the store's pods are killed": async () => {
      await killed('store');
      await back('store');
    },
    'the kubelet is killed': () => killKubelet(state),
    "Redis's pod is killed": async () => {
      await killed('redis');
      await back('redis');
    },
    "MySQL's pod is killed": async () => {
      await killed('mysql');
      await back('mysql');
    },
    'the workers are rolled out anew': async () => {
      await shell('kubectl rollout restart deployment/store deployment/api deployment/ml-trainer -n preempt');
      await back('store');
      await back('api');
    },
  };
}
