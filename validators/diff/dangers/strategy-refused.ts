import { type KubernetesObject, nameOf } from '../../render/objects.ts';
import { isReplaced } from '../../rules/replaced.ts';
import type { Danger, DangerRule, Step } from './danger.ts';

interface Strategy {
  readonly type?: unknown;
  readonly rollingUpdate?: unknown;
}

/**
 * A StatefulSet that shall replace its pods no more: the API server has filled in `rollingUpdate` when git said nothing of it,
 * an apply leaves what git never said, and the two do not go together. Others are exempt: a DaemonSet's validation lets both
 * stand, and of a Deployment's `strategy` a patch keeps the keys that it names alone (`retainKeys` of `DeploymentSpec`).
 */
export const strategyRefused: DangerRule = function* ({ objects }: Step): Iterable<Danger> {
  for (const { before, after } of objects) {
    if (before === undefined || after === undefined) continue;
    if (after.kind !== 'StatefulSet') continue;
    const [was, is] = [strategyOf(before), strategyOf(after)];
    if (is.type !== 'OnDelete' || was.type === 'OnDelete') continue;
    if (was.rollingUpdate !== undefined || isReplaced(after)) continue;
    const resource = nameOf(after);
    const place = resource.namespace === undefined ? '' : ` -n ${resource.namespace}`;
    yield {
      id: 'strategy-refused',
      severity: 'error',
      resource,
      path: 'spec.updateStrategy.type',
      message: `the API server has filled in rollingUpdate beside RollingUpdate, an apply leaves it, and OnDelete does not go with it: Argo CD's sync fails here; first take it out of the cluster: kubectl patch statefulset ${resource.name}${place} --type=merge -p '{"spec":{"updateStrategy":{"type":"OnDelete","rollingUpdate":null}}}'`,
    };
  }
};

function strategyOf(object: KubernetesObject): Strategy {
  return (object as { spec?: { updateStrategy?: Strategy } }).spec?.updateStrategy ?? {};
}
