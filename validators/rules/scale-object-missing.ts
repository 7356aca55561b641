import { groupOf } from '../model/model.ts';
import { operatorMakes } from '../model/run-time.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Rule } from './rule.ts';

/** Kinds that every cluster has, so that an object of theirs is there only if somebody made it. */
const plain =
  /^(?:Service|Ingress|Pod|Deployment|StatefulSet|DaemonSet|Job|CronJob|ConfigMap|PersistentVolumeClaim)$/;

interface Described {
  readonly apiVersion?: string;
  readonly kind: string;
  readonly name: string;
}

/** An autoscaler scales by a metric of an object that is not there. */
export const scaleObjectMissing: Rule = {
  id: 'scale-object-missing',
  severity: 'error',
  family: 'scaling',
  title: 'an autoscaler measures an object that is not there',
  *check({ model }) {
    for (const { object, typed, namespace } of model.scalers) {
      for (const [index, metric] of (typed.spec?.metrics ?? []).entries()) {
        const described = metric.object?.describedObject as Described | undefined;
        if (described === undefined) continue;
        const { apiVersion = 'v1', kind, name } = described;
        if (kind === 'Namespace') continue;
        const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
        if (model.find(group, kind, namespace, name) !== undefined) continue;
        if (operatorMakes(model, namespace, name)) continue;
        const others = model.objects.filter(
          (other) => other.kind === kind && (other.metadata.namespace ?? 'default') === namespace,
        );
        const otherGroup = others.find(({ metadata }) => metadata.name === name);
        const hint =
          otherGroup === undefined
            ? didYouMean(
                name,
                others.map(({ metadata }) => metadata.name),
              )
            : ` (the ${kind} of that name is of ${groupOf(otherGroup) || 'the core group'})`;
        yield {
          object,
          path: `spec.metrics[${index}].object.describedObject.${otherGroup === undefined ? 'name' : 'apiVersion'}`,
          message: `it measures ${kind} ${name} of ${apiVersion}, which is not in namespace ${namespace}${hint}: it would get no value, and not scale`,
          severity: hint !== '' || plain.test(kind) ? 'error' : 'warning',
        };
      }
    }
  },
};
