import { groupOf } from '../model/model.ts';
import type { KubernetesObject } from '../render/objects.ts';

interface GroupKind {
  readonly group?: string;
  readonly kind?: string;
}

interface Destination {
  readonly server?: string;
  readonly name?: string;
  readonly namespace?: string;
}

/** What an AppProject says. */
export interface ProjectSpec {
  readonly sourceRepos?: readonly string[];
  readonly destinations?: readonly Destination[];
  readonly clusterResourceWhitelist?: readonly GroupKind[];
  readonly clusterResourceBlacklist?: readonly GroupKind[];
  readonly namespaceResourceWhitelist?: readonly GroupKind[];
  readonly namespaceResourceBlacklist?: readonly GroupKind[];
}

/** True when a pattern with `*` and `?` fits a text. */
function fits(pattern: string, text: string, crossing = true): boolean {
  const escaped = pattern.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
  const any = crossing ? '.*' : '[^/]*';
  return new RegExp(`^${escaped.replaceAll('*', any).replaceAll('?', '.')}$`).test(text);
}

/** One that begins with `!` denies what it fits, whatever else allows it. */
function allows(patterns: readonly string[], text: string, crossing = true): boolean {
  const denied = patterns.some(
    (pattern) => pattern.startsWith('!') && fits(pattern.slice(1), text, crossing),
  );
  return !denied && patterns.some((pattern) => !pattern.startsWith('!') && fits(pattern, text, crossing));
}

function withoutGit(url: string): string {
  return url.replace(/\.git$|\/$/, '');
}

/** True when a project takes manifests from a repository. Source: Argo CD, `pkg/apis/application/v1alpha1/app_project_types.go`. */
export function takesFrom({ sourceRepos = [] }: ProjectSpec, repository: string): boolean {
  return allows(sourceRepos.map(withoutGit), withoutGit(repository), false) || sourceRepos.includes('*');
}

/** True when a project's Applications may write to a namespace of a cluster, as far as the cluster is known. */
export function goesTo(
  { destinations = [] }: ProjectSpec,
  namespace: string,
  server?: string,
  cluster?: string,
): boolean {
  return destinations.some((one) => {
    if (!allows([one.namespace ?? '*'], namespace)) return false;
    if (server !== undefined && one.server !== undefined) return fits(one.server, server);
    if (cluster !== undefined && one.name !== undefined) return fits(one.name, cluster);
    return true;
  });
}

const lists = (list: readonly GroupKind[], object: KubernetesObject) =>
  list.some(({ group = '', kind = '' }) => fits(group, groupOf(object)) && fits(kind, object.kind));

/**
 * The list of a project that keeps an object's kind out; undefined where it is let in.
 * @param clusterWide undefined for a kind that may be either.
 */
export function listAgainst(
  spec: ProjectSpec,
  object: KubernetesObject,
  clusterWide: boolean | undefined,
): keyof ProjectSpec | undefined {
  const ofCluster = () => {
    if (lists(spec.clusterResourceBlacklist ?? [], object)) return 'clusterResourceBlacklist';
    return lists(spec.clusterResourceWhitelist ?? [], object) ? undefined : 'clusterResourceWhitelist';
  };
  const ofNamespaces = () => {
    if (lists(spec.namespaceResourceBlacklist ?? [], object)) return 'namespaceResourceBlacklist';
    const { namespaceResourceWhitelist: white } = spec;
    return white === undefined || lists(white, object) ? undefined : 'namespaceResourceWhitelist';
  };
  if (clusterWide === true) return ofCluster();
  if (clusterWide === false) return ofNamespaces();
  return ofCluster() === undefined ? undefined : ofNamespaces();
}
