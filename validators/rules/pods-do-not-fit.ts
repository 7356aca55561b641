import { joinPath, type Workload } from '../model/workload.ts';
import { nodesOf } from '../room/nodes.ts';
import { apart, packing, requestOf } from '../room/place.ts';
import { formatBytes, formatCores } from '../room/quantity.ts';
import { misfit } from './pod-fits-no-node.ts';
import type { Problem, Rule } from './rule.ts';
import { crowdingOf } from './spread-impossible.ts';

/** What else narrows where a workload's pods may go. */
function constraintsOf(workload: Workload): string {
  const { affinity, nodeSelector, topologySpreadConstraints = [] } = workload.pod;
  const said = [
    ...(workload.containers.some(({ spec }) =>
      (spec.ports ?? []).some(({ hostPort }) => hostPort !== undefined),
    )
      ? ['takes a port of its node']
      : []),
    ...(nodeSelector !== undefined || affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
      ? ['chooses its nodes']
      : []),
    ...(apart(workload).length > 0 ? ['keeps away from others'] : []),
    ...(affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ? ['wants company'] : []),
    ...(topologySpreadConstraints.some(({ whenUnsatisfiable }) => whenUnsatisfiable === 'DoNotSchedule')
      ? ['is spread']
      : []),
  ];
  return said.map((one) => `, ${one}`).join('');
}

/** The pods of a target do not all find a place on the nodes, though each of them alone would. */
export const podsDoNotFit: Rule = {
  id: 'pods-do-not-fit',
  severity: 'error',
  family: 'room',
  title: 'the pods of a target do not fit on the nodes together',
  needsEnvironment: true,
  *check({ model, environment }): Iterable<Problem> {
    if (environment === undefined) return;
    const nodes = nodesOf(environment);
    // Those that could not be placed even alone are found by themselves.
    const workloads = model.workloads.filter(
      (workload) =>
        misfit(workload, nodes, environment.name) === undefined &&
        crowdingOf(workload, nodes, workload.replicas.min) === undefined,
    );
    for (const { workload, pods, of } of packing(model, workloads, nodes)) {
      const { cpu, memory } = requestOf(workload);
      yield {
        object: workload.object,
        path: joinPath(workload.templatePath, 'spec'),
        message:
          `${pods} of its ${of} ${of === 1 ? 'pod' : 'pods'} (each requests ${formatCores(cpu)} of CPU and ${formatBytes(memory)} of memory${constraintsOf(workload)}) would find no place on the ` +
          `${nodes.length} ${nodes.length === 1 ? 'node' : 'nodes'} of ${environment.name} once the others are there: ${pods === 1 ? 'it' : 'they'} would stay Pending`,
      };
    }
  },
};
