import { isAdded, type Model } from '../model/model.ts';
import { type LabelSelector, matchesSelector } from '../model/selectors.ts';
import type { Workload } from '../model/workload.ts';
import { own } from '../own.ts';
import { podRequest } from './asks.ts';
import { eligible, type Node } from './nodes.ts';

/** A pod that is to be put on a node. */
interface Pod {
  readonly workload: Workload;
  readonly cpu: number;
  readonly memory: number;
  /** The nodes that its labels and tolerations let it on. */
  readonly nodes: readonly Node[];
  /** DaemonSets' pods have one node each. */
  readonly only: Node | undefined;
  /** Ports of the node that it takes. */
  readonly ports: readonly string[];
}

/** What is on a node. */
interface Load {
  cpu: number;
  memory: number;
  readonly pods: Pod[];
}

/** What is where, and which of the pods keep others away. */
interface Loads {
  readonly by: ReadonlyMap<Node, Load>;
  readonly keepingAway: { readonly workload: Workload; readonly node: Node }[];
}

/** The pods of one workload that find no place. */
export interface Unplaced {
  readonly workload: Workload;
  readonly pods: number;
  readonly of: number;
}

/** What one pod of a workload requests. */
export function requestOf(workload: Workload): { readonly cpu: number; readonly memory: number } {
  return { cpu: podRequest(workload.pod, 'cpu'), memory: podRequest(workload.pod, 'memory') };
}

function podsOf(workload: Workload, nodes: readonly Node[]): Pod[] {
  const asked = requestOf(workload);
  const may = eligible(workload.pod, nodes);
  const ports = portsOf(workload);
  if (workload.kind === 'DaemonSet')
    return may.map((only) => ({ workload, ...asked, nodes: may, only, ports }));
  const pod: Pod = { workload, ...asked, nodes: may, only: undefined, ports };
  return Array.from({ length: workload.replicas.min }, () => pod);
}

interface Term {
  readonly labelSelector?: LabelSelector | undefined;
  readonly namespaces?: readonly string[] | undefined;
  readonly namespaceSelector?: LabelSelector | undefined;
  readonly topologyKey: string;
}

/** True when an affinity term of a workload is about another one's pods. */
function isAbout(term: Term, owner: Workload, other: Workload): boolean {
  const named = (term.namespaces ?? []).length > 0 ? term.namespaces : undefined;
  const inNamespace = term.namespaceSelector ? true : (named ?? [owner.namespace]).includes(other.namespace);
  return inNamespace && matchesSelector(term.labelSelector, other.labels);
}

/** True when an affinity term is about one pod of a set, by a label that the set's controller puts on. */
function namesPod({ labelSelector, ...term }: Term, owner: Workload, other: Workload): boolean {
  const pairs = Object.entries(labelSelector?.matchLabels ?? {});
  const left = pairs.filter(([key, value]) => !isAdded(other, key, value));
  const rest = { ...labelSelector, matchLabels: Object.fromEntries(left) };
  return left.length < pairs.length && isAbout({ ...term, labelSelector: rest }, owner, other);
}

/** The required anti-affinity of a workload's pods. */
export function apart({ pod }: Workload): readonly Term[] {
  return pod.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
}

function together({ pod }: Workload): readonly Term[] {
  return pod.affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
}

/** True when two nodes are in one domain of a topology. */
function same(a: Node, b: Node, key: string): boolean {
  return own(a.labels, key) !== undefined && own(a.labels, key) === own(b.labels, key);
}

/** True when the pods that are there leave a node open to one more. */
function admits(pod: Pod, node: Node, loads: Loads): boolean {
  if (pod.only !== undefined ? pod.only !== node : !pod.nodes.includes(node)) return false;
  const load = loads.by.get(node);
  if (load === undefined) return false;
  if (load.cpu + pod.cpu > node.cpu + 1e-9 || load.memory + pod.memory > node.memory) return false;
  if (load.pods.length >= node.pods) return false;
  if (pod.ports.length > 0 && load.pods.some(({ ports }) => ports.some((port) => pod.ports.includes(port))))
    return false;
  const { workload } = pod;
  for (const term of apart(workload)) {
    for (const [other, { pods }] of loads.by) {
      if (
        same(node, other, term.topologyKey) &&
        pods.some((there) => isAbout(term, workload, there.workload))
      )
        return false;
    }
  }
  for (const there of loads.keepingAway) {
    for (const term of apart(there.workload)) {
      if (same(node, there.node, term.topologyKey) && isAbout(term, there.workload, workload)) return false;
    }
  }
  return together(workload).every((term) => hasCompany(term, pod, node, loads)) && isSpread(pod, node, loads);
}

/** The ports of its node that a workload's pods take. */
function portsOf({ pod, containers }: Workload): string[] {
  return containers.flatMap(({ role, spec }) =>
    role === 'init'
      ? []
      : (spec.ports ?? []).flatMap(({ hostPort, containerPort, protocol = 'TCP' }) => {
          const port = hostPort ?? (pod.hostNetwork ? containerPort : undefined);
          return port === undefined ? [] : [`${protocol} ${port}`];
        }),
  );
}

/** Required affinity: company in the domain, or nobody to keep it with and the pod itself the first of them. */
function hasCompany(term: Term, { workload }: Pod, node: Node, loads: Loads): boolean {
  let any = false;
  for (const [other, { pods }] of loads.by) {
    if (
      !pods.some(
        (there) => isAbout(term, workload, there.workload) || namesPod(term, workload, there.workload),
      )
    )
      continue;
    any = true;
    if (same(node, other, term.topologyKey)) return true;
  }
  return !any && isAbout(term, workload, workload) && own(node.labels, term.topologyKey) !== undefined;
}

/**
 * Topology spread that forbids: the domain may not have more than maxSkew pods beyond the emptiest one.
 * Source: kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints.
 */
function isSpread({ workload, nodes }: Pod, node: Node, loads: Loads): boolean {
  for (const constraint of workload.pod.topologySpreadConstraints ?? []) {
    const { topologyKey, maxSkew, whenUnsatisfiable, labelSelector, minDomains = 1 } = constraint;
    if (whenUnsatisfiable !== 'DoNotSchedule') continue;
    const domain = own(node.labels, topologyKey);
    if (domain === undefined) return false;
    const counts = new Map<string, number>();
    for (const one of nodes) {
      const name = own(one.labels, topologyKey);
      if (name !== undefined && !counts.has(name)) counts.set(name, 0);
    }
    for (const [other, { pods }] of loads.by) {
      const name = own(other.labels, topologyKey);
      if (name === undefined || !counts.has(name)) continue;
      const matching = pods.filter(
        (there) =>
          there.workload.namespace === workload.namespace &&
          matchesSelector(labelSelector, there.workload.labels),
      );
      counts.set(name, (counts.get(name) ?? 0) + matching.length);
    }
    const least = counts.size < minDomains ? 0 : Math.min(...counts.values());
    const itself = matchesSelector(labelSelector, workload.labels) ? 1 : 0;
    if ((counts.get(domain) ?? 0) + itself - least > maxSkew) return false;
  }
  return true;
}

/** The share of a node that is taken with a pod on it: the fuller of the two resources. */
function fullness(pod: Pod, node: Node, { cpu, memory }: Load): number {
  return Math.max((cpu + pod.cpu) / node.cpu, (memory + pod.memory) / node.memory);
}

function place(
  pods: readonly Pod[],
  nodes: readonly Node[],
  choose: 'emptiest' | 'fullest' | 'first',
): Pod[] {
  const loads: Loads = {
    by: new Map(nodes.map((node) => [node, { cpu: 0, memory: 0, pods: [] }])),
    keepingAway: [],
  };
  const left: Pod[] = [];
  for (const pod of pods) {
    let best: Node | undefined;
    let bestFullness = 0;
    for (const [node, load] of loads.by) {
      if (!admits(pod, node, loads)) continue;
      const full = fullness(pod, node, load);
      if (best === undefined || (choose === 'emptiest' ? full < bestFullness : full > bestFullness)) {
        best = node;
        bestFullness = full;
      }
      if (choose === 'first') break;
    }
    const load = best && loads.by.get(best);
    if (best === undefined || load === undefined) {
      left.push(pod);
      continue;
    }
    load.cpu += pod.cpu;
    load.memory += pod.memory;
    load.pods.push(pod);
    if (apart(pod.workload).length > 0) loads.keepingAway.push({ workload: pod.workload, node: best });
  }
  return left;
}

/**
 * Puts every pod of the workloads on the nodes, as a scheduler might; the pods that find no place in the best of several
 * ways to try. Requests, labels and taints, affinity, spread and ports of the node count; volumes' zones do not.
 */
export function packing(model: Model, workloads: readonly Workload[], nodes: readonly Node[]): Unplaced[] {
  if (model.workloads.length === 0 || nodes.length === 0) return [];
  const pods = workloads.flatMap((workload) => podsOf(workload, nodes));
  const [most] = [...nodes].sort((a, b) => b.cpu - a.cpu);
  const size = ({ cpu, memory }: Pod) => Math.max(cpu / (most?.cpu || 1), memory / (most?.memory || 1));
  const bound = ({ workload, only }: Pod) =>
    only !== undefined ? 2 : together(workload).length > 0 ? 0 : apart(workload).length > 0 ? 1.5 : 1;
  const orders = [
    [...pods].sort((a, b) => bound(b) - bound(a) || size(b) - size(a)),
    [...pods].sort(
      (a, b) =>
        Number(together(a.workload).length > 0) - Number(together(b.workload).length > 0) ||
        size(b) - size(a),
    ),
    pods,
  ];
  let fewest: Pod[] | undefined;
  for (const order of orders) {
    for (const choose of ['emptiest', 'fullest', 'first'] as const) {
      const left = place(order, nodes, choose);
      if (left.length === 0) return [];
      if (fewest === undefined || left.length < fewest.length) fewest = left;
    }
  }
  return [...Map.groupBy(fewest ?? [], ({ workload }) => workload)].map(([workload, without]) => ({
    workload,
    pods: without.length,
    of: workload.kind === 'DaemonSet' ? eligible(workload.pod, nodes).length : workload.replicas.min,
  }));
}
