import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { type KubernetesObject, parseYaml } from '@plumbline/validators';
import { type LabelSelector, matchesSelector } from '../../validators/model/selectors.ts';
import { filesBelow, root } from './repository.ts';

/** The part of an Application's spec that the tests read. */
export interface ApplicationSpec {
  readonly project: string;
  readonly source: {
    readonly repoURL: string;
    readonly targetRevision: string;
    readonly path?: string;
    readonly chart?: string;
    readonly helm?: { readonly valuesObject?: Readonly<Record<string, unknown>> };
  };
  readonly destination: { readonly name?: string; readonly namespace: string };
  readonly syncPolicy: {
    readonly automated?: { readonly prune?: boolean; readonly selfHeal?: boolean };
    readonly retry?: { readonly limit: number; readonly backoff: { readonly maxDuration: string } };
    readonly syncOptions?: readonly string[];
  };
  readonly ignoreDifferences?: readonly {
    readonly group: string;
    readonly kind: string;
    readonly jsonPointers?: readonly string[];
    readonly managedFieldsManagers?: readonly string[];
  }[];
}

interface Generator {
  readonly clusters?: {
    readonly selector: LabelSelector;
  };
  readonly git?: {
    readonly directories?: readonly { readonly path: string; readonly exclude?: boolean }[];
    readonly files?: readonly { readonly path: string; readonly exclude?: boolean }[];
  };
  readonly matrix?: { readonly generators: readonly Generator[] };
}

export interface ApplicationSet extends KubernetesObject {
  readonly spec: {
    readonly goTemplate?: boolean;
    readonly goTemplateOptions?: readonly string[];
    readonly generators: readonly Generator[];
    readonly syncPolicy?: { readonly preserveResourcesOnDeletion?: boolean };
    readonly template: {
      readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
      readonly spec: ApplicationSpec;
    };
  };
}

/** A registered cluster. */
export interface Cluster {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** An Application that a set makes. */
export interface Application {
  readonly name: string;
  readonly path: string | undefined;
  readonly namespace: string;
}

type Parameters = Readonly<Record<string, unknown>>;

export function isApplicationSet(object: KubernetesObject): object is ApplicationSet {
  return object.kind === 'ApplicationSet';
}

/** Whether a set's cluster generator takes a cluster. */
export function takes(set: ApplicationSet, { labels }: Cluster): boolean {
  const [first] = set.spec.generators;
  const selector = (first?.clusters ?? first?.matrix?.generators[0]?.clusters)?.selector;
  if (selector === undefined) throw new Error(`${set.metadata.name} selects no clusters`);
  return matchesSelector(selector, labels);
}

/**
 * Fills a Go template of the two forms that the sets use: `{{ .a.b }}` and `{{ index .a.b "key" }}`.
 * @throws Error when a parameter is missing, as missingkey=error does, and for every other form.
 */
export function fill(template: string, parameters: Parameters): string {
  return template.replaceAll(/\{\{\s*(.*?)\s*\}\}/g, (whole, expression: string) => {
    const form = /^(?:index\s+)?((?:\.\w+)+)(?:\s+"([^"]+)")?$/.exec(expression);
    if (form === null) throw new Error(`the tests do not read the template ${whole}`);
    const keys = [...(form[1] ?? '').split('.').slice(1), ...(form[2] === undefined ? [] : [form[2]])];
    let value: unknown = parameters;
    for (const key of keys) value = (value as Record<string, unknown> | undefined)?.[key];
    if (typeof value !== 'string') throw new Error(`${whole} has no value`);
    return value;
  });
}

/** How a `*` reads: Argo CD's git file generator lets it cross a `/` unless its newer globbing is switched on. */
export type Globbing = 'crossing' | 'one level';

function matcher(pattern: string, globbing: Globbing): RegExp {
  const star = globbing === 'crossing' ? '.*' : '[^/]*';
  const escaped = pattern.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll('*', star)}$`);
}

function chosen(
  candidates: readonly string[],
  patterns: readonly { readonly path: string; readonly exclude?: boolean }[],
  globbing: Globbing,
): string[] {
  const matching = (candidate: string, exclude: boolean) =>
    patterns.some(
      (pattern) => (pattern.exclude ?? false) === exclude && matcher(pattern.path, globbing).test(candidate),
    );
  return candidates.filter((candidate) => matching(candidate, false) && !matching(candidate, true));
}

/** The Applications that a set makes for a cluster out of this repository's files. */
export async function applications(
  set: ApplicationSet,
  cluster: Cluster,
  globbing: Globbing = 'crossing',
): Promise<Application[]> {
  if (!takes(set, cluster)) return [];
  const base = {
    name: cluster.name,
    nameNormalized: cluster.name.toLowerCase().replaceAll(/[^a-z0-9.-]/g, '-'),
    metadata: { labels: cluster.labels },
  };
  const git = set.spec.generators[0]?.matrix?.generators[1]?.git;
  const parameters =
    git === undefined ? [base] : (await fromGit(git, base, globbing)).map((found) => ({ ...found, ...base }));
  const { metadata, spec } = set.spec.template;
  return parameters.map((given) => ({
    name: fill(metadata.name, given),
    path: spec.source.path === undefined ? undefined : fill(spec.source.path, given),
    namespace: fill(spec.destination.namespace, given),
  }));
}

async function fromGit(
  { directories, files }: NonNullable<Generator['git']>,
  base: Parameters,
  globbing: Globbing,
): Promise<Parameters[]> {
  const filled = (patterns: readonly { readonly path: string; readonly exclude?: boolean }[]) =>
    patterns.map((pattern) => ({ ...pattern, path: fill(pattern.path, base) }));
  const all = [...(await filesBelow('overlays')), ...(await filesBelow('argocd'))];
  const path = (folder: string) => ({ path: { path: folder, basename: posix.basename(folder) } });
  if (directories !== undefined) {
    const folders = new Set(all.map((file) => posix.dirname(file)));
    return chosen([...folders], filled(directories), 'one level').map(path);
  }
  return Promise.all(
    chosen(all, filled(files ?? []), globbing).map(async (file) => ({
      ...(parseYaml(await readFile(join(root, file), 'utf8')) as Parameters),
      ...path(posix.dirname(file)),
    })),
  );
}
