import type { TestCluster } from './test-cluster.ts';
import { until } from './until.ts';

interface Live {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string; readonly generation?: number };
  readonly spec?: { readonly replicas?: number; readonly suspend?: boolean; readonly completions?: number };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly readyReplicas?: number;
    readonly updatedReplicas?: number;
    readonly succeeded?: number;
    readonly phase?: string;
  };
}

/** The live objects of some collections. @param paths such as `/apis/apps/v1/deployments` */
async function live(
  { api }: TestCluster,
  paths: readonly string[],
  namespaces: readonly string[],
): Promise<Live[]> {
  const lists = await Promise.all(paths.map((path) => api.list(path)));
  return (lists.flat() as unknown as Live[]).filter(({ metadata }) =>
    namespaces.includes(metadata.namespace),
  );
}

const workloads = [
  '/apis/apps/v1/deployments',
  '/apis/apps/v1/statefulsets',
  '/apis/batch/v1/jobs',
  '/api/v1/persistentvolumeclaims',
];

/** What keeps an object from being as it is wanted; undefined when nothing does. */
function lacks({ kind, metadata, spec, status }: Live): string | undefined {
  const name = `${kind}/${metadata.name}`;
  const wanted = spec?.replicas ?? 1;
  if (kind === 'Deployment' || kind === 'StatefulSet') {
    if (status?.observedGeneration !== metadata.generation) return `${name} was not looked at`;
    return (status?.readyReplicas ?? 0) >= wanted
      ? undefined
      : `${name}: ${status?.readyReplicas ?? 0} of ${wanted}`;
  }
  if (kind === 'Job' && spec?.suspend !== true) {
    return (status?.succeeded ?? 0) >= (spec?.completions ?? 1) ? undefined : `${name} did not complete`;
  }
  if (kind === 'PersistentVolumeClaim')
    return status?.phase === 'Bound' ? undefined : `${name} is ${status?.phase}`;
  return undefined;
}

/** Waits until every workload is ready, every Job complete, every claim bound. @throws Error that says which are not. */
export async function settled(cluster: TestCluster, namespaces: readonly string[]): Promise<void> {
  await until(
    'everything is ready',
    async () => {
      const lacking = (await live(cluster, workloads, namespaces)).flatMap((object) => lacks(object) ?? []);
      if (lacking.length > 0) throw new Error(lacking.join('; '));
    },
    180_000,
  );
}

/** The warnings that controllers gave, a line each: a pod refused by admission or quota, a claim that binds nowhere. */
export async function refusals(cluster: TestCluster, namespaces: readonly string[]): Promise<string[]> {
  const events = await live(cluster, ['/api/v1/events'], namespaces);
  const lines = (
    events as unknown as {
      reason: string;
      type: string;
      message: string;
      involvedObject: { kind: string; name: string };
    }[]
  )
    // An autoscaler without metrics says so all the time; no metrics-server runs here.
    .filter(({ involvedObject }) => involvedObject.kind !== 'HorizontalPodAutoscaler')
    .filter(
      ({ type, reason }) =>
        type === 'Warning' && /^Failed(?!Scheduling)|^Forbidden|Exceeded|Invalid/.test(reason),
    )
    // A pod that was not placed at first, since its claim was not known yet, was placed: everything is ready.
    // Two controllers wrote at once; the one that lost reads again and goes on.
    .filter(({ message }) => !message.includes('the object has been modified'))
    .map(
      ({ reason, involvedObject, message }) =>
        `${involvedObject.kind}/${involvedObject.name}: ${reason}: ${message}`,
    );
  return [...new Set(lines)].sort();
}
