import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '@plumbline/validators';
import { insideCluster } from '../../../cluster/index.ts';
import { until } from './until.ts';

interface Where {
  readonly shell: (line: string) => Promise<string>;
  /** The cluster's folder. */
  readonly state: string;
}

/** What ends pods and programs of lambda while it works, by what it is. */
export function faultsOf(where: Where): Readonly<Record<string, () => Promise<void>>> {
  const { shell } = where;
  const killed = (pod: string) => `kubectl delete pod ${pod} -n dev --grace-period=0 --force`;
  const rolledOut = (workload: string) => shell(`kubectl rollout status ${workload} -n dev --timeout=560s`);
  return {
    'pods of the workers are deleted at random': async () => {
      const pods = await shell(
        "kubectl get pods -n dev -l 'app in (lambda-consumer, lambda-producer-stream)' --output=name",
      );
      const names = pods
        .trim()
        .split('\n')
        .sort(() => Math.random() - 0.5);
      for (const [index, pod] of names.slice(0, 4).entries()) {
        await shell(
          index % 2 === 0 ? killed(pod.replace('pod/', '')) : `kubectl delete ${pod} -n dev --wait=false`,
        );
      }
    },
    'the kubelet is killed': () => killKubelet(where.state),
    "Kafka's pod is killed": async () => {
      await shell(killed('kafka-0'));
      await rolledOut('statefulset/kafka');
    },
    "Postgres's pod is killed": async () => {
      await shell(killed('lambda-postgres-0'));
      await rolledOut('statefulset/lambda-postgres');
    },
    'the workers are rolled out anew': async () => {
      await shell(
        'kubectl rollout restart deployment/lambda-consumer deployment/lambda-producer-stream -n dev',
      );
      await rolledOut('deployment/lambda-consumer');
      await rolledOut('deployment/lambda-producer-stream');
    },
    'a consumer is OOM-killed': () => outOfMemory(shell),
  };
}

/** Ends the kubelet of a cluster, and waits until it runs again. */
export async function killKubelet(state: string): Promise<void> {
  const status = async () =>
    JSON.parse(await readFile(join(state, 'status.json'), 'utf8')) as {
      components: Record<string, { pid?: number; restarts: number }>;
    };
  const before = (await status()).components.kubelet;
  const [command, ...args] = insideCluster(state, ['kill', '-KILL', String(before?.pid)]);
  const done = await run(command, args, { deadline: 30_000 });
  if (done.status !== 0) throw new Error(done.stderr);
  await until('the kubelet runs again', async () => {
    const { pid, restarts } = (await status()).components.kubelet ?? { restarts: 0 };
    if (pid === undefined || restarts <= (before?.restarts ?? 0)) throw new Error('not yet');
  });
}

/** Makes the consumer's own process take memory without end, through the inspector that SIGUSR1 opens. */
const takeMemory = `
process.kill(1, 'SIGUSR1');
const open = async () => {
  for (;;) {
    try { return (await (await fetch('http://127.0.0.1:9229/json')).json())[0].webSocketDebuggerUrl; }
    catch { await new Promise((done) => setTimeout(done, 100)); }
  }
};
const socket = new WebSocket(await open());
socket.onopen = () => socket.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: {
  expression: 'globalThis.held = []; setInterval(() => globalThis.held.push(Buffer.alloc(20e6, 1)), 20)' } }));
socket.onclose = () => process.exit(0);
`;

async function outOfMemory(shell: Where['shell']): Promise<void> {
  const [pod = ''] = (await shell('kubectl get pods -n dev -l app=lambda-consumer --output=name')).split(
    '\n',
  );
  const script = takeMemory.replaceAll('\n', ' ').replaceAll('"', '\\"');
  // The exec ends with the container.
  await shell(`timeout 60 kubectl exec ${pod} -n dev -- node --input-type=module -e "${script}" || true`);
  await until('the container was OOM-killed', async () => {
    const reason = await shell(
      `kubectl get ${pod} -n dev --output=jsonpath='{.status.containerStatuses[0].lastState.terminated.reason}'`,
    );
    if (reason !== 'OOMKilled') throw new Error(`its last state: ${reason || 'none'}`);
  });
}
