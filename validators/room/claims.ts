import { type Model, namespaceOf } from '../model/model.ts';
import { joinPath } from '../model/workload.ts';
import type { KubernetesObject } from '../render/objects.ts';

/** What a claim asks for. */
export interface ClaimSpec {
  readonly accessModes?: readonly string[];
  readonly storageClassName?: string;
  readonly volumeName?: string;
  readonly resources?: { readonly requests?: Readonly<Record<string, unknown>> };
}

/** A claim that a target makes, or that a controller makes from a template in it. */
export interface MadeClaim {
  readonly object: KubernetesObject;
  readonly namespace: string;
  /** Where its spec stands. */
  readonly path: string;
  readonly spec: ClaimSpec;
  /** How many of it there are: one for each pod where it is a template. */
  readonly count: number;
}

interface Template {
  readonly spec?: ClaimSpec;
}

/** Every claim of a target: objects, templates of StatefulSets, volumes that live as long as their pod. */
export function madeClaims(model: Model): MadeClaim[] {
  const claims: MadeClaim[] = model.claims.map(({ object, namespace, typed }) => ({
    object,
    namespace,
    path: 'spec',
    spec: (typed.spec ?? {}) as ClaimSpec,
    count: 1,
  }));
  for (const { object, kind, namespace, pod, templatePath, replicas } of model.workloads) {
    const count = replicas.min;
    if (kind === 'StatefulSet') {
      const { volumeClaimTemplates = [] } = (object.spec ?? {}) as {
        volumeClaimTemplates?: readonly Template[];
      };
      for (const [index, { spec = {} }] of volumeClaimTemplates.entries())
        claims.push({ object, namespace, path: `spec.volumeClaimTemplates[${index}].spec`, spec, count });
    }
    for (const [index, { ephemeral }] of (pod.volumes ?? []).entries()) {
      const spec = (ephemeral?.volumeClaimTemplate as Template | undefined)?.spec;
      if (spec === undefined) continue;
      const path = joinPath(templatePath, `spec.volumes[${index}].ephemeral.volumeClaimTemplate.spec`);
      claims.push({ object, namespace, path, spec, count });
    }
  }
  return claims;
}

/** Fields under which custom resources keep templates of claims. */
const templates = /^(?:volumeClaimTemplates?|dataVolumeClaimSpec|volumeClaimSpec|persistentVolumeClaimSpec)$/;

/**
 * Templates of claims in custom resources (those of Elasticsearch, Prometheus, ClickHouse, Argo Workflows, Rollouts...):
 * whatever stands under a name that says so and has the access modes or the storage of a claim.
 */
export function claimsOfCustom(object: KubernetesObject): MadeClaim[] {
  const found: MadeClaim[] = [];
  const walk = (value: unknown, path: string, depth: number) => {
    if (typeof value !== 'object' || value === null || depth > 12) return;
    for (const [key, item] of Object.entries(value)) {
      const at = Array.isArray(value) ? `${path}[${key}]` : joinPath(path, key);
      if (templates.test(key) && typeof item === 'object' && item !== null) {
        for (const [index, template] of (Array.isArray(item) ? item : [item]).entries()) {
          const place = Array.isArray(item) ? `${at}[${index}]` : at;
          const inner = (template as Template | null)?.spec;
          const spec = (inner ?? template) as ClaimSpec | null;
          if (typeof spec !== 'object' || spec === null) continue;
          if (!Array.isArray(spec.accessModes) && spec.resources?.requests?.storage === undefined) continue;
          const namespace = namespaceOf(object);
          found.push({
            object,
            namespace,
            path: inner === undefined ? place : `${place}.spec`,
            spec,
            count: 1,
          });
        }
      } else walk(item, at, depth + 1);
    }
  };
  walk(object.spec, 'spec', 0);
  return found;
}
