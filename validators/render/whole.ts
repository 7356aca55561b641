import type { Inputs } from './inputs.ts';
import type { KubernetesObject, RenderedObject } from './objects.ts';

/** Kinds that kustomize puts first, in this order, and last. Source: sigs.k8s.io/kustomize/api, `SortOrderTransformer.go`. */
const first = (
  'Namespace ResourceQuota StorageClass CustomResourceDefinition ServiceAccount PodSecurityPolicy Role ClusterRole RoleBinding ' +
  'ClusterRoleBinding ConfigMap Secret Endpoints Service LimitRange PriorityClass PersistentVolume PersistentVolumeClaim ' +
  'Deployment StatefulSet CronJob PodDisruptionBudget'
).split(' ');
const last = ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'];

/** Fields by which one kustomization reaches into what stands beside it, so that the whole is more than its parts. */
const reachingFields = new Set([
  'buildMetadata',
  'configurations',
  'crds',
  'generators',
  'helmCharts',
  'helmGlobals',
  'openapi',
  'sortOptions',
  'transformers',
  'validators',
  'vars',
]);

/**
 * What kustomize renders of a kustomization that is nothing but a list of others, put together from what it rendered of
 * these; undefined where it might render something else.
 *
 * It holds where no part reaches beyond itself and no two of them have objects in one namespace, or of one name: names
 * that a part's generators and prefixes make are then looked up in the part alone. docs/decisions/050 says why this is done.
 * @param parts what each of the folders in `inputs.parts` renders, in their order.
 */
export function wholeOf(
  inputs: Inputs,
  parts: readonly (readonly RenderedObject[] | undefined)[],
): RenderedObject[] | undefined {
  if (inputs.parts === undefined || [...inputs.fields].some((field) => reachingFields.has(field))) return;
  const owners = new Map<string, number>();
  const objects: RenderedObject[] = [];
  for (const [part, rendered] of parts.entries()) {
    if (rendered === undefined) return;
    for (const one of rendered) {
      const { apiVersion, kind, metadata } = one.object;
      const { namespace } = metadata;
      // Anything else without a namespace could be named from another part, or name what is in it.
      if (namespace === undefined && (apiVersion !== 'v1' || kind !== 'Namespace')) return;
      const key = namespace ?? `${kind} ${metadata.name}`;
      const owner = owners.get(key);
      if (owner !== undefined && (owner !== part || namespace === undefined)) return;
      owners.set(key, part);
      objects.push(one);
    }
  }
  return objects.sort((a, b) => compare(a.object, b.object));
}

/** kustomize's default order of what it prints. */
function compare(a: KubernetesObject, b: KubernetesObject): number {
  const byKind = rank(a.kind) - rank(b.kind);
  if (byKind !== 0) return byKind;
  return inOrder(typeOf(a), typeOf(b)) || inOrder(idOf(a), idOf(b));
}

function inOrder(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function rank(kind: string): number {
  const [early, late] = [first.indexOf(kind), last.indexOf(kind)];
  return early >= 0 ? early - first.length : late + 1;
}

function typeOf({ apiVersion, kind }: KubernetesObject): string {
  return `${apiVersion.includes('/') ? apiVersion.replace('/', '_') : `~G_${apiVersion}`}_${kind}`;
}

function idOf({ metadata }: KubernetesObject): string {
  return `${metadata.namespace ?? '~X'}|${metadata.name}`;
}
