import { capacity, type Environment } from '../environment/environment.ts';
import { inferFlows } from '../graph/flows.ts';
import type { Tree } from '../kustomization/tree.ts';
import { buildModel } from '../model/model.ts';
import type { KubernetesObject } from '../render/objects.ts';
import { addUp } from '../room/asks.ts';
import type { Context } from './rule.ts';

/** Everything that rules judge one target by: its model, its flows, what it asks. */
export function contextOf(
  target: string,
  system: string | undefined,
  environment: Environment | undefined,
  objects: readonly KubernetesObject[],
  kustomization?: Tree,
): Context {
  const model = buildModel(objects);
  const nodes = environment === undefined ? 1 : capacity(environment).nodes;
  const asks = addUp(model.objects, nodes);
  return { target, system, environment, model, flows: inferFlows(model), asks, kustomization };
}
