import { capacity, type Environment } from '../environment/environment.ts';
import type { Deliveries } from '../gitops/deliver.ts';
import { type Flows, inferFlows } from '../graph/flows.ts';
import type { Tree } from '../kustomization/tree.ts';
import { buildModel } from '../model/model.ts';
import type { KubernetesObject } from '../render/objects.ts';
import { type Asks, addUp } from '../room/asks.ts';
import type { Context } from './rule.ts';

/** Everything that rules judge one target by: its model, its flows, what it asks. */
export function contextOf(
  target: string,
  system: string | undefined,
  environment: Environment | undefined,
  objects: readonly KubernetesObject[],
  kustomization?: Tree,
  deliveries?: Deliveries,
): Context {
  const model = buildModel(objects);
  const nodes = environment === undefined ? 1 : capacity(environment).nodes;
  let flows: Flows | undefined;
  let asks: Asks | undefined;
  return {
    target,
    system,
    environment,
    model,
    // Worked out for the first rule that asks.
    get flows() {
      flows ??= inferFlows(model);
      return flows;
    },
    get asks() {
      asks ??= addUp(model.objects, nodes);
      return asks;
    },
    kustomization,
    deliveries,
  };
}
