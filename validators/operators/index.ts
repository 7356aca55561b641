import { shaped } from '../model/shape.ts';
import type { KubernetesObject } from '../render/objects.ts';
import { makeCluster } from './cloudnative-pg/cluster.ts';
import { makePooler } from './cloudnative-pg/pooler.ts';
import { type Made, noteMaker } from './made.ts';

export { asWritten, inWrittenWords, type Maker, makerOf } from './made.ts';

/** What each known custom resource becomes, by group and kind. */
const operators: Readonly<Record<string, (resource: KubernetesObject) => readonly Made[]>> = {
  'postgresql.cnpg.io/Cluster': makeCluster,
  'postgresql.cnpg.io/Pooler': makePooler,
};

/** True for a custom resource of which it is known what its operator makes. */
export function isKnownToOperators({ apiVersion, kind }: KubernetesObject): boolean {
  return Object.hasOwn(operators, `${apiVersion.split('/')[0]}/${kind}`);
}

/**
 * What operators make of the custom resources among objects: pods and Services that others connect to, claims and amounts that
 * need room. A render does not have them, the cluster will.
 */
export function madeByOperators(objects: readonly KubernetesObject[]): KubernetesObject[] {
  return objects.flatMap((resource) => {
    const make = isKnownToOperators(resource)
      ? operators[`${resource.apiVersion.split('/')[0]}/${resource.kind}`]
      : undefined;
    return (make?.(resource) ?? []).map((made) => {
      const object = shaped(made.object);
      noteMaker(object, resource, made);
      return object;
    });
  });
}
