import { posix } from 'node:path';
import { own } from '../own.ts';
import { parseYaml } from '../render/yaml.ts';
import { fill, labelIn, type Parameters, type Part } from './template.ts';

/** The files of the repository at hand. */
export interface Checkout {
  readonly files: readonly string[];
  readonly text: (file: string) => string | undefined;
}

/** One set of parameters, with what a cluster's labels may not be. */
export interface ParameterSet {
  readonly values: Parameters;
  readonly not: Readonly<Record<string, readonly string[]>>;
  /** True where a file's content could not be read: it may give anything. */
  readonly isOpaque?: boolean;
}

/** What a generator gives. */
export interface Generated {
  readonly sets: readonly ParameterSet[];
  /** Patterns of git generators that match nothing in the checkout, by their field. */
  readonly unmatched: readonly { readonly field: string; readonly pattern: string }[];
  /** The repositories that git generators look into. */
  readonly repositories: readonly string[];
}

interface Requirement {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

interface Pattern {
  readonly path: string;
  readonly exclude?: boolean;
}

export interface GeneratorSpec {
  readonly clusters?: {
    readonly selector?: {
      readonly matchLabels?: Readonly<Record<string, string>>;
      readonly matchExpressions?: readonly Requirement[];
    };
    readonly values?: Parameters;
  };
  readonly git?: {
    readonly repoURL?: string;
    readonly directories?: readonly Pattern[];
    readonly files?: readonly Pattern[];
    readonly values?: Parameters;
  };
  readonly list?: { readonly elements?: readonly Parameters[] };
  readonly matrix?: { readonly generators: readonly GeneratorSpec[] };
}

const nothingKnown: ParameterSet = { values: {}, not: {} };

/** The sets of parameters that a generator of an ApplicationSet gives, as far as the checkout tells. */
export function generate(
  generator: GeneratorSpec,
  field: string,
  checkout: Checkout,
  given: ParameterSet = nothingKnown,
): Generated {
  if (generator.list) {
    const elements = generator.list.elements ?? [];
    return {
      sets: elements.map((values) => merge(given, { values, not: {} })),
      unmatched: [],
      repositories: [],
    };
  }
  if (generator.clusters)
    return { sets: ofClusters(generator.clusters, given), unmatched: [], repositories: [] };
  if (generator.git) return ofGit(generator.git, `${field}.git`, checkout, given);
  if (generator.matrix) return ofMatrix(generator.matrix.generators, `${field}.matrix`, checkout, given);
  // Pull requests, organisations, plugins: only Argo CD can ask them.
  return { sets: [given], unmatched: [], repositories: [] };
}

function merge(a: ParameterSet, b: ParameterSet): ParameterSet {
  const isOpaque = a.isOpaque === true || b.isOpaque === true;
  return { values: { ...a.values, ...b.values }, not: { ...a.not, ...b.not }, isOpaque };
}

/** Clusters are not at hand; what their labels are is known as far as the selector says it. */
function ofClusters(
  { selector = {}, values = {} }: NonNullable<GeneratorSpec['clusters']>,
  given: ParameterSet,
): ParameterSet[] {
  const not: Record<string, readonly string[]> = {};
  let sets: Readonly<Record<string, string>>[] = [{ ...selector.matchLabels }];
  for (const { key, operator, values: wanted = [] } of selector.matchExpressions ?? []) {
    if (operator === 'NotIn') not[key] = wanted;
    if (operator === 'In')
      sets = sets.flatMap((labels) => wanted.map((value) => ({ ...labels, [key]: value })));
  }
  return sets.map((labels) => merge(given, { values: { metadata: { labels }, values }, not }));
}

function ofMatrix(
  generators: readonly GeneratorSpec[],
  field: string,
  checkout: Checkout,
  given: ParameterSet,
): Generated {
  let sets: readonly ParameterSet[] = [given];
  const unmatched: Generated['unmatched'][number][] = [];
  const repositories: string[] = [];
  for (const [index, generator] of generators.entries()) {
    const each = sets.map((set) => generate(generator, `${field}.generators[${index}]`, checkout, set));
    sets = each.flatMap((one) => one.sets);
    unmatched.push(...each.flatMap((one) => one.unmatched));
    repositories.push(...each.flatMap((one) => one.repositories));
  }
  return { sets, unmatched, repositories };
}

/** Parts as a regular expression: what is not known may be any one folder, and is captured. */
function matcher(parts: readonly Part[], crossing: boolean): RegExp {
  const escaped = (text: string) => text.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`);
  const stars = (text: string) =>
    escaped(text)
      .replaceAll('**', '\u0000')
      .replaceAll('*', crossing ? '.*' : '[^/]*')
      .replaceAll('\u0000', '.*');
  return new RegExp(
    `^${parts.map((part) => (typeof part === 'string' ? stars(part) : '([^/]+)')).join('')}$`,
  );
}

function ofGit(
  { repoURL = '', directories, files, values = {} }: NonNullable<GeneratorSpec['git']>,
  field: string,
  checkout: Checkout,
  given: ParameterSet,
): Generated {
  const patterns = directories ?? files ?? [];
  const list = directories === undefined ? 'files' : 'directories';
  const candidates = directories === undefined ? checkout.files : foldersOf(checkout.files);
  // The `*` of the file generator crosses a `/`, that of the directory generator does not.
  const match = (pattern: Pattern) => {
    const parts = fill(pattern.path, given.values);
    return { parts, expression: matcher(parts, directories === undefined) };
  };
  const excluded = patterns.filter(({ exclude }) => exclude === true).map(match);
  const sets: ParameterSet[] = [];
  const unmatched: Generated['unmatched'][number][] = [];
  for (const [index, pattern] of patterns.entries()) {
    if (pattern.exclude === true) continue;
    const { parts, expression } = match(pattern);
    let met = false;
    for (const candidate of candidates) {
      const found = expression.exec(candidate);
      if (found === null) continue;
      met = true;
      if (excluded.some((one) => one.expression.test(candidate))) continue;
      const labels = labelsFrom(parts, found);
      if (Object.entries(labels).some(([key, value]) => own(given.not, key)?.includes(value))) continue;
      const folder = directories === undefined ? posix.dirname(candidate) : candidate;
      const content = directories === undefined ? contentOf(checkout.text(candidate) ?? '') : {};
      const known = (given.values.metadata ?? {}) as { readonly labels?: Parameters };
      const metadata = { ...known, labels: { ...known.labels, ...labels } };
      sets.push(
        merge(given, {
          values: { ...content, values, metadata, ...pathParameters(folder, candidate) },
          not: {},
          isOpaque: directories === undefined && Object.keys(content).length === 0,
        }),
      );
    }
    if (!met) unmatched.push({ field: `${field}.${list}[${index}].path`, pattern: pattern.path });
  }
  return { sets, unmatched, repositories: [repoURL] };
}

/** The labels of clusters that a match decides, by the expressions that stood there. */
function labelsFrom(parts: readonly Part[], found: RegExpExecArray): Record<string, string> {
  const labels: Record<string, string> = {};
  let group = 0;
  for (const part of parts) {
    if (typeof part === 'string') continue;
    group += 1;
    const label = labelIn(part.unknown);
    if (label !== undefined) labels[label] = found[group] ?? '';
  }
  return labels;
}

function foldersOf(files: readonly string[]): string[] {
  const folders = new Set<string>();
  for (const file of files) {
    for (let folder = posix.dirname(file); folder !== '.'; folder = posix.dirname(folder))
      folders.add(folder);
  }
  return [...folders];
}

function contentOf(text: string): Parameters {
  try {
    const value = parseYaml(text);
    // Of a list, each entry gives Applications of its own.
    const entries: readonly unknown[] = Array.isArray(value) ? value : [value];
    return Object.assign(
      {},
      ...entries.filter((one) => typeof one === 'object' && one !== null),
    ) as Parameters;
  } catch {
    return {};
  }
}

function pathParameters(folder: string, file: string): Parameters {
  const segments = folder.split('/');
  const basename = segments.at(-1) ?? '';
  return {
    path: {
      path: folder,
      basename,
      basenameNormalized: basename.replaceAll(/[^a-z0-9.-]/g, '-'),
      filename: posix.basename(file),
      segments,
      ...segments,
    },
    'path.basename': basename,
  };
}
