import type { Deployment } from '../model/kubernetes.ts';
import { matchesSelector } from '../model/selectors.ts';
import { joinPath, type Workload } from '../model/workload.ts';
import { own } from '../own.ts';
import { eligible, hostname, type Node, nodesOf } from '../room/nodes.ts';
import { apart } from '../room/place.ts';
import type { Problem, Rule } from './rule.ts';

interface Crowding {
  readonly path: string;
  /** How many pods the constraint lets run at most. */
  readonly most: number;
  readonly message: string;
}

function domainsOf(nodes: readonly Node[], key: string): number {
  return new Set(nodes.map(({ labels }) => own(labels, key)).filter((name) => name !== undefined)).size;
}

/** The constraint that leaves so many pods of a workload no place, were they alone on the nodes. */
export function crowdingOf(workload: Workload, nodes: readonly Node[], pods: number): Crowding | undefined {
  if (workload.kind === 'DaemonSet') return undefined;
  const may = eligible(workload.pod, nodes);
  for (const [index, { labelSelector, topologyKey }] of apart(workload).entries()) {
    const domains = domainsOf(may, topologyKey);
    if (!matchesSelector(labelSelector, workload.labels) || pods <= domains) continue;
    return {
      path: joinPath(
        workload.templatePath,
        `spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[${index}].topologyKey`,
      ),
      most: domains,
      message: `its pods may not share a ${topologyKey}, of which there are ${domains}`,
    };
  }
  for (const [index, constraint] of (workload.pod.topologySpreadConstraints ?? []).entries()) {
    const { topologyKey, whenUnsatisfiable, labelSelector, maxSkew, minDomains = 1 } = constraint;
    if (whenUnsatisfiable !== 'DoNotSchedule' || !matchesSelector(labelSelector, workload.labels)) continue;
    const domains = domainsOf(may, topologyKey);
    const most = domains < minDomains ? domains * maxSkew : domains === 0 ? 0 : Number.POSITIVE_INFINITY;
    if (pods <= most) continue;
    const path = joinPath(workload.templatePath, `spec.topologySpreadConstraints[${index}]`);
    return {
      path: `${path}.${domains === 0 ? 'topologyKey' : 'minDomains'}`,
      most,
      message:
        domains === 0
          ? `it spreads its pods over ${topologyKey}, which no node has`
          : `it spreads its pods over ${minDomains} of ${topologyKey}, of which there are ${domains}`,
    };
  }
  return undefined;
}

/** The pods that a rolling update starts before it stops any. */
export function surgeOf({ kind, object, replicas }: Workload): number {
  if (kind !== 'Deployment') return 0;
  const { strategy } = (object as unknown as Deployment).spec ?? {};
  if (strategy?.type === 'Recreate') return 0;
  const amount = (value: string | number | undefined, up: boolean) => {
    const text = String(value ?? '25%');
    if (!text.endsWith('%')) return Number(text);
    const share = (Number(text.slice(0, -1)) / 100) * replicas.min;
    return up ? Math.ceil(share) : Math.floor(share);
  };
  // Where one may go first, the new pod takes its place.
  if (amount(strategy?.rollingUpdate?.maxUnavailable, false) > 0) return 0;
  return Math.max(1, amount(strategy?.rollingUpdate?.maxSurge, true));
}

/** Anti-affinity or spread that the nodes cannot meet: some pods have no place, now, once scaled, or while they are updated. */
export const spreadImpossible: Rule = {
  id: 'spread-impossible',
  severity: 'error',
  family: 'scaling',
  title: 'anti-affinity or spread asks for more nodes or zones than there are',
  needsEnvironment: true,
  *check({ model, environment }): Iterable<Problem> {
    if (environment === undefined) return;
    const nodes = nodesOf(environment);
    for (const workload of model.workloads) {
      const { min, max } = workload.replicas;
      if (eligible(workload.pod, nodes).length === 0) continue;
      const now = crowdingOf(workload, nodes, min);
      const scaled = crowdingOf(workload, nodes, max);
      const updated = crowdingOf(workload, nodes, min + surgeOf(workload));
      const found = now ?? scaled ?? updated;
      if (found === undefined) continue;
      const { path, most, message } = found;
      const domain = path.endsWith('topologyKey') && message.includes(hostname) ? 'nodes' : 'places';
      const effect =
        now !== undefined
          ? `${min - most} of ${min} would stay Pending`
          : scaled !== undefined
            ? `of the ${max} that its autoscaler may want, ${max - most} would stay Pending`
            : `an update that starts a new pod before it stops an old one would wait for ever, for all ${domain} are taken; let one be unavailable`;
      yield {
        object: workload.object,
        path,
        message: `${message} in ${environment.name}: ${effect}`,
        ...(now === undefined && scaled !== undefined ? { severity: 'warning' as const } : {}),
      };
    }
  },
};
