import { setTimeout as sleep } from 'node:timers/promises';
import { type RunningBackend, startBackend } from './feastflow.ts';
import { workloadOf } from './overlay/system.ts';
import { type ServiceProxy, startServiceProxy } from './service-proxy.ts';
import type { Trial } from './trial.ts';
import { until } from './until.ts';

/** What the manifest says of how a pod is asked, and of how it goes. */
export interface PodLife {
  /** Seconds that a pod which is told to go still answers before SIGTERM. */
  readonly preStop: number;
  readonly grace: number;
  readonly minReady: number;
  readonly probePeriod: number;
  readonly probeFailures: number;
}

/** The backend's pods behind their Service, replaced as a Deployment's controller and a kubelet do it. */
export interface FeastflowPods {
  readonly url: string;
  /** Replaces each, one at a time, none before its successor counts; ends when the last of before has ended. */
  readonly restart: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface FeastflowPodsOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** What of the manifest is otherwise, to see what it is good for. */
  readonly life?: Partial<PodLife>;
}

/** How much later than the control plane a proxy knows: a third of what preStop waits, and more than a cluster at rest needs. */
const lag = 3000;

/** As the rendered Deployment has it. */
export function podLife(trial: Trial): PodLife {
  const { pod, containers, object } = workloadOf(trial.system, 'Deployment', 'feastflow-backend');
  const spec = containers.find(({ role }) => role === 'main')?.spec;
  const probe = spec?.readinessProbe;
  const { minReadySeconds = 0 } = (object.spec ?? {}) as { minReadySeconds?: number };
  return {
    preStop: spec?.lifecycle?.preStop?.sleep?.seconds ?? 0,
    grace: pod.terminationGracePeriodSeconds ?? 30,
    minReady: minReadySeconds,
    probePeriod: probe?.periodSeconds ?? 10,
    probeFailures: probe?.failureThreshold ?? 3,
  };
}

interface Pod {
  readonly backend: RunningBackend;
  readonly goes: AbortController;
  isReady: boolean;
}

/** Starts as many as the overlay has at rest, behind a proxy that hears of every change `lag` later. */
export async function startFeastflowPods(
  trial: Trial,
  { env = {}, life: changed = {} }: FeastflowPodsOptions = {},
): Promise<FeastflowPods> {
  const life = { ...podLife(trial), ...changed };
  const { replicas } = workloadOf(trial.system, 'Deployment', 'feastflow-backend');
  const proxy = await startServiceProxy({ lag });
  const service = serviceOf(proxy, life);
  let made = 0;
  const start = async () => {
    made += 1;
    return service.add(await startBackend(trial, { label: `pod${made}`, env }));
  };
  let pods: Pod[] = [];
  for (let index = 0; index < replicas.min; index += 1) pods.push(await start());
  await until(async () => (await fetch(`${proxy.url}/health`)).ok, {
    deadline: lag + 10_000,
    what: 'the Service',
  });
  return {
    url: proxy.url,
    async restart() {
      const ends: Promise<void>[] = [];
      const next: Pod[] = [];
      for (const pod of pods) {
        next.push(await start());
        await sleep(life.minReady * 1000);
        ends.push(service.remove(pod));
      }
      await Promise.all(ends);
      pods = next;
    },
    async close() {
      for (const pod of pods) pod.goes.abort();
      await proxy.close();
    },
  };
}

/** Who is ready is asked as the kubelet asks, and told to the proxy. */
function serviceOf(proxy: ServiceProxy, { preStop, grace, probePeriod, probeFailures }: PodLife) {
  const members = new Set<Pod>();
  const tell = () =>
    proxy.endpoints([...members].filter(({ isReady }) => isReady).map(({ backend }) => backend.url));
  const probe = async (pod: Pod) => {
    const { signal } = pod.goes;
    for (let failures = 0; !signal.aborted; ) {
      await sleep(probePeriod * 1000, undefined, { signal, ref: false }).catch(() => {});
      if (signal.aborted) return;
      const answer = fetch(`${pod.backend.url}/ready`, { signal: AbortSignal.timeout(3000) });
      failures = (await answer.then(
        ({ ok }) => ok,
        () => false,
      ))
        ? 0
        : failures + 1;
      const isReady = failures === 0 || (pod.isReady && failures < probeFailures);
      if (isReady === pod.isReady) continue;
      pod.isReady = isReady;
      tell();
    }
  };
  return {
    add(backend: RunningBackend): Pod {
      const pod = { backend, goes: new AbortController(), isReady: true };
      members.add(pod);
      tell();
      void probe(pod);
      return pod;
    },
    async remove(pod: Pod): Promise<void> {
      pod.goes.abort();
      members.delete(pod);
      tell();
      await sleep(preStop * 1000);
      const { signal, status } = await pod.backend.worker.stop((grace - preStop) * 1000);
      if (signal === 'SIGKILL')
        throw new Error(`a pod had not ended ${grace} s after it was told to (${status})`);
    },
  };
}
