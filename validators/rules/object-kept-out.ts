import { namespaceOf } from '../model/model.ts';
import { startsWith } from '../model/needs.ts';
import type { KubernetesObject } from '../render/objects.ts';
import type { Context, Rule } from './rule.ts';

const hook = 'argocd.argoproj.io/hook';

/** True for what Argo CD leaves out of every sync. Source: Argo CD, `gitops-engine/pkg/sync/hook/hook.go`. */
function isKeptOut({ metadata }: KubernetesObject): boolean {
  return metadata.annotations?.[hook]?.trim() === 'Skip';
}

/** Who cannot do without an object, in words; undefined where nobody is seen to. */
function neededBy({ model, flows }: Context, object: KubernetesObject): string | undefined {
  if (object.kind === 'Namespace') {
    const inside = model.objects.find((one) => one !== object && namespaceOf(one) === object.metadata.name);
    return inside && `${inside.kind} ${inside.metadata.name} lives in it`;
  }
  for (const { to, service, from, destination } of flows.flows) {
    if (from.object !== object && (to?.object === object || service?.object === object))
      return `${from.kind} ${from.name} asks ${destination}`;
  }
  for (const workload of model.workloads) {
    for (const need of startsWith(model, workload))
      if (need.object === object) return `${workload.kind} ${workload.name}: ${need.why}`;
  }
  return undefined;
}

/** An object is rendered, and an annotation keeps Argo CD from ever applying it. */
export const objectKeptOut: Rule = {
  id: 'object-kept-out',
  severity: 'error',
  family: 'gitops',
  title: 'an annotation keeps Argo CD from ever applying an object that others need',
  *check(context) {
    for (const object of context.model.objects) {
      if (!isKeptOut(object)) continue;
      const need = neededBy(context, object);
      yield {
        object,
        path: `metadata.annotations["${hook}"]`,
        // Who writes it of something that nobody asks for may want just that.
        severity: need === undefined ? 'warning' : 'error',
        message: `Argo CD never applies an object with the hook Skip${need === undefined ? '' : `, and ${need}`}: a cluster that it syncs would not have it`,
      };
    }
  },
};
