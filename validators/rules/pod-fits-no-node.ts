import { joinPath, type Workload } from '../model/workload.ts';
import { type Node, nodesOf, unmetLabel, untolerated } from '../room/nodes.ts';
import { requestOf } from '../room/place.ts';
import { formatBytes, formatCores, readQuantity } from '../room/quantity.ts';
import type { Problem, Rule } from './rule.ts';

/** Resources that every node has, and of which an environment may say nothing. */
const ordinary = /^(?:cpu|memory|ephemeral-storage|hugepages-.*)$/;

/** Why a workload's pods fit on none of the nodes, and the field that says so. */
export function misfit(
  workload: Workload,
  nodes: readonly Node[],
  name: string,
): Omit<Problem, 'object'> | undefined {
  const { pod, templatePath, containers } = workload;
  if (pod.nodeName !== undefined || nodes.length === 0) return undefined;
  const labelled = nodes.filter((node) => unmetLabel(pod, node, nodes) === undefined);
  if (labelled.length === 0) {
    const wanted = [...new Set(nodes.map((node) => unmetLabel(pod, node, nodes)))];
    const field = pod.nodeSelector === undefined ? 'spec.affinity.nodeAffinity' : 'spec.nodeSelector';
    return {
      path: joinPath(templatePath, field),
      message: `its pods want a node with ${wanted.join(' and ')}, and ${name} has none: they would stay Pending`,
    };
  }
  const tolerated = labelled.filter((node) => untolerated(pod, node) === undefined);
  if (tolerated.length === 0 && labelled[0] !== undefined) {
    return {
      path: joinPath(templatePath, pod.tolerations === undefined ? 'spec' : 'spec.tolerations'),
      message: `each node of ${name} that it may run on has a taint that its pods do not tolerate (${untolerated(pod, labelled[0])}): they would stay Pending`,
    };
  }
  const { cpu, memory } = requestOf(workload);
  const most = (of: 'cpu' | 'memory') => Math.max(...tolerated.map((node) => node[of]));
  const containerOf = (resource: string) =>
    containers.reduce(
      (found, one) => {
        const size = (container: typeof one) =>
          readQuantity(container.spec.resources?.requests?.[resource]) ?? 0;
        return size(one) > size(found) ? one : found;
      },
      containers[0] as (typeof containers)[number],
    );
  const tooLarge = (resource: 'cpu' | 'memory', asked: string, there: string) => ({
    path: joinPath(containerOf(resource).path, `resources.requests.${resource}`),
    message: `one of its pods requests ${asked} of ${resource === 'cpu' ? 'CPU' : 'memory'}, and the largest node of ${name} that it may run on has ${there}: it would stay Pending`,
  });
  if (cpu > most('cpu') + 1e-9) return tooLarge('cpu', formatCores(cpu), formatCores(most('cpu')));
  if (memory > most('memory')) return tooLarge('memory', formatBytes(memory), formatBytes(most('memory')));
  if (!tolerated.some((node) => cpu <= node.cpu + 1e-9 && memory <= node.memory)) {
    return {
      path: joinPath(containerOf('cpu').path, 'resources.requests'),
      message: `one of its pods requests ${formatCores(cpu)} of CPU with ${formatBytes(memory)} of memory, and no node of ${name} has both: it would stay Pending`,
    };
  }
  for (const { name: container, spec, path } of containers) {
    const special = Object.keys(spec.resources?.limits ?? spec.resources?.requests ?? {}).find(
      (resource) => !ordinary.test(resource),
    );
    if (special !== undefined) {
      return {
        path: joinPath(
          path,
          spec.resources?.limits === undefined ? 'resources.requests' : 'resources.limits',
        ),
        message: `container ${container} asks for ${special}, which no node of ${name} declares: unless a node offers it all the same, its pods would stay Pending`,
        severity: 'warning',
      };
    }
  }
  return undefined;
}

/** A pod is too large for any node, or no node has the labels that it wants. */
export const podFitsNoNode: Rule = {
  id: 'pod-fits-no-node',
  severity: 'error',
  family: 'room',
  title: 'a pod fits on none of the nodes',
  needsEnvironment: true,
  *check({ model, environment }) {
    if (environment === undefined) return;
    const nodes = nodesOf(environment);
    for (const workload of model.workloads) {
      // A DaemonSet runs where it may, and nowhere is nowhere.
      const why = misfit(workload, nodes, environment.name);
      if (why !== undefined) yield { object: workload.object, ...why };
    }
  },
};
