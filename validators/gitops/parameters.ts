import type { GeneratorSpec } from './generators.ts';

/** What the generators of an ApplicationSet give its template, as far as they say it. */
export interface Offer {
  /** The first steps of all names; undefined where a generator may give anything. */
  readonly names: ReadonlySet<string> | undefined;
  /** Labels of clusters that the generators ask for: others may be there. */
  readonly labels: ReadonlySet<string>;
  /** Keys of `values`. */
  readonly values: ReadonlySet<string>;
  /** What makes one Application differ from the next: each of these has to show in their name. */
  readonly sources: readonly Source[];
}

/** One thing of which there may be several. */
export interface Source {
  readonly of: 'clusters' | 'folders' | 'files' | 'elements';
  /** True for the first step of a name that tells one from the next. */
  readonly tells: (name: string) => boolean;
}

/** Parameters of clusters. Source: Argo CD, `applicationset/generators/cluster.go`. */
export const ofClusters = ['name', 'nameNormalized', 'server', 'project', 'metadata'];

/** Below `path`. Source: Argo CD, `applicationset/generators/git.go`. */
export const ofPaths = [
  'path',
  'basename',
  'basenameNormalized',
  'filename',
  'filenameNormalized',
  'segments',
];

/** What a kustomization.yaml may hold. Source: sigs.k8s.io/kustomize, `api/types/kustomization.go`. */
const ofKustomizations = (
  'apiVersion kind metadata namespace namePrefix nameSuffix resources components crds bases patches patchesJson6902 ' +
  'patchesStrategicMerge labels commonLabels commonAnnotations buildMetadata images imageTags replicas vars replacements ' +
  'openapi configMapGenerator secretGenerator generatorOptions helmGlobals helmCharts configurations generators transformers ' +
  'validators sortOptions'
).split(' ');

/** Whatever a generator may hold beside what others of this folder read of it. */
type Any = GeneratorSpec & {
  readonly merge?: { readonly generators?: readonly Any[] };
  readonly git?: { readonly pathParamPrefix?: string };
  readonly clusters?: { readonly flatList?: boolean };
};

const among = (names: readonly string[]) => (name: string) => names.includes(name);

/** @param found names that the files of the repository at hand give, where they were read. */
export function offerOf(generators: readonly GeneratorSpec[], found?: readonly string[]): Offer {
  const names = new Set<string>(found);
  const labels = new Set<string>();
  const values = new Set<string>();
  const sources: Source[] = [];
  let isOpen = false;
  let hasClusters = false;
  const walk = (generator: Any): void => {
    const { clusters, git, list, matrix, merge } = generator;
    for (const inner of matrix?.generators ?? merge?.generators ?? []) walk(inner as Any);
    for (const key of Object.keys({ ...clusters?.values, ...git?.values })) values.add(key);
    if (clusters) {
      hasClusters = true;
      for (const name of [...ofClusters, 'values']) names.add(name);
      if (clusters.flatList === true) names.add('clusters');
      for (const key of Object.keys(clusters.selector?.matchLabels ?? {})) labels.add(key);
      for (const { key } of clusters.selector?.matchExpressions ?? []) labels.add(key);
      sources.push({ of: 'clusters', tells: among([...ofClusters, 'values', 'clusters']) });
    } else if (git) {
      const first = git.pathParamPrefix || 'path';
      for (const name of [first, 'values']) names.add(name);
      const patterns = git.directories ?? git.files ?? [];
      if (git.directories === undefined && found === undefined) {
        if (patterns.every(({ path }) => /(?:^|\/)kustomization\.ya?ml$/.test(path)))
          for (const name of ofKustomizations) names.add(name);
        else isOpen = true;
      }
      if (patterns.some(({ path, exclude }) => exclude !== true && /[*?[]/.test(path)))
        sources.push(
          git.directories === undefined
            ? { of: 'files', tells: (name) => name !== '' && !(hasClusters && ofClusters.includes(name)) }
            : { of: 'folders', tells: among([first, 'values']) },
        );
    } else if (list) {
      const keys = (list.elements ?? []).flatMap((element) => Object.keys(element));
      for (const name of keys) names.add(name);
      if ((list as { readonly elementsYaml?: unknown }).elementsYaml !== undefined) isOpen = true;
      else if ((list.elements ?? []).length > 1) sources.push({ of: 'elements', tells: among(keys) });
    } else if (!matrix && !merge) isOpen = true;
  };
  for (const generator of generators) walk(generator as Any);
  return { names: isOpen ? undefined : names, labels, values, sources };
}
