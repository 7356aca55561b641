import type { CheckedTarget } from './check.ts';
import { type Topology, topologyOf } from './graph/topology.ts';
import { contextOf } from './rules/index.ts';

/** The topology of a target that was checked. */
export function topologyOfTarget({ target, environment, objects, findings }: CheckedTarget): Topology {
  const plain = objects.map(({ object }) => object);
  const { model, flows } = contextOf(target.name, target.system, environment, plain);
  return topologyOf(target.name, model, flows, findings);
}
