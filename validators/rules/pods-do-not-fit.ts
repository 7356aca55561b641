import { joinPath } from '../model/workload.ts';
import { nodesOf } from '../room/nodes.ts';
import { packing, requestOf } from '../room/place.ts';
import { formatBytes, formatCores } from '../room/quantity.ts';
import { misfit } from './pod-fits-no-node.ts';
import type { Problem, Rule } from './rule.ts';
import { crowdingOf } from './spread-impossible.ts';

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
          `${pods} of its ${of} ${of === 1 ? 'pod' : 'pods'} (${formatCores(cpu)} of CPU and ${formatBytes(memory)} of memory each) find no place on the ` +
          `${nodes.length} ${nodes.length === 1 ? 'node' : 'nodes'} of ${environment.name} once the others are there: they would stay Pending`,
      };
    }
  },
};
