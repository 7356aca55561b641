import { groupOf } from '../model/model.ts';
import type { KubernetesObject } from '../render/objects.ts';
import { type Checkout, type GeneratorSpec, generate, type ParameterSet } from './generators.ts';
import { fill, textOf } from './template.ts';

/** One source of an Application: where its manifests come from, and where they go. */
export interface Application {
  /** The Application, or the ApplicationSet that makes it. */
  readonly object: KubernetesObject;
  /** Where the source stands, as `spec.template.spec.source`. */
  readonly field: string;
  readonly project: string | undefined;
  readonly repository: string | undefined;
  /** The folder in the repository; undefined for a chart, or while only Argo CD knows it. */
  readonly path: string | undefined;
  /** The namespace of objects that name none. */
  readonly namespace: string | undefined;
  /** The cluster's address and name, where they are known. */
  readonly server: string | undefined;
  readonly cluster: string | undefined;
  /** True when Argo CD makes the namespace. */
  readonly makesNamespace: boolean;
}

/** What the Applications and ApplicationSets of a target ask for. */
export interface Planned {
  readonly applications: readonly Application[];
  /** Patterns of git generators that match nothing in the checkout. */
  readonly unmatched: readonly {
    readonly object: KubernetesObject;
    readonly field: string;
    readonly pattern: string;
    readonly repository: string;
  }[];
  /** The first steps of what generators give a set's template, files of the checkout included. */
  readonly parameters: readonly { readonly object: KubernetesObject; readonly names: readonly string[] }[];
  /** Sets that give several Applications one name, with what these would be made of. */
  readonly repeated: readonly { readonly object: KubernetesObject; readonly paths: readonly string[] }[];
}

interface Source {
  readonly repoURL?: string;
  readonly path?: string;
  readonly chart?: string;
}

interface Spec {
  readonly project?: string;
  readonly source?: Source;
  readonly sources?: readonly Source[];
  readonly destination?: { readonly namespace?: string; readonly server?: string; readonly name?: string };
  readonly syncPolicy?: { readonly syncOptions?: readonly string[] };
}

interface SetSpec {
  readonly generators?: readonly GeneratorSpec[];
  readonly template?: { readonly metadata?: { readonly name?: string }; readonly spec?: Spec };
}

const nothing: ParameterSet = { values: {}, not: {} };

function fromSpec(
  object: KubernetesObject,
  field: string,
  spec: Spec,
  { values }: ParameterSet,
): Application[] {
  const filled = (text: string | undefined) => (text === undefined ? undefined : textOf(fill(text, values)));
  const sources = [
    ...(spec.source === undefined ? [] : [{ source: spec.source, at: `${field}.source` }]),
    ...(spec.sources ?? []).map((source, index) => ({ source, at: `${field}.sources[${index}]` })),
  ];
  return sources.map(({ source, at }) => ({
    object,
    field: at,
    project: filled(spec.project ?? 'default'),
    repository: filled(source.repoURL),
    path: source.chart === undefined ? filled(source.path)?.replace(/^\.?\/|\/$/g, '') : undefined,
    namespace: filled(spec.destination?.namespace),
    server: filled(spec.destination?.server),
    cluster: filled(spec.destination?.name),
    makesNamespace: spec.syncPolicy?.syncOptions?.includes('CreateNamespace=true') === true,
  }));
}

/** An expression that is the same for all Applications of one cluster. */
const ofCluster =
  /^(?:\.?(?:name|nameNormalized|server|project|metadata\.[\w./-]+)|index\s+\.metadata\.\w+\s+"[^"]+")$/;

/** The sources of two Applications of one name, which may be of one cluster; undefined where all have names of their own. */
function sameName(
  name: string,
  sets: readonly ParameterSet[],
  source: string,
): readonly string[] | undefined {
  const seen = new Map<string, string>();
  for (const { values, isOpaque } of sets) {
    const parts = fill(name, values);
    // What nobody here can work out may differ.
    if (isOpaque === true || parts.some((part) => typeof part !== 'string' && !ofCluster.test(part.unknown)))
      continue;
    const { labels } = (values.metadata ?? {}) as { readonly labels?: unknown };
    const key = JSON.stringify([parts, labels]);
    const path = textOf(fill(source, values)) ?? source;
    const before = seen.get(key);
    if (before !== undefined && before !== path) return [before, path];
    seen.set(key, path);
  }
  return undefined;
}

/** The Applications of some objects, those of their ApplicationSets included. */
export function planned(objects: readonly KubernetesObject[], checkout: () => Checkout): Planned {
  const applications: Application[] = [];
  const unmatched: Planned['unmatched'][number][] = [];
  const parameters: Planned['parameters'][number][] = [];
  const repeated: Planned['repeated'][number][] = [];
  for (const object of objects) {
    if (groupOf(object) !== 'argoproj.io') continue;
    if (object.kind === 'Application') {
      applications.push(...fromSpec(object, 'spec', (object.spec ?? {}) as Spec, nothing));
    } else if (object.kind === 'ApplicationSet') {
      const { generators = [], template } = (object.spec ?? {}) as SetSpec;
      const all: ParameterSet[] = [];
      for (const [index, generator] of generators.entries()) {
        const {
          sets,
          unmatched: missed,
          repositories,
        } = generate(generator, `spec.generators[${index}]`, checkout());
        all.push(...sets);
        const [repository = ''] = repositories;
        unmatched.push(...missed.map((one) => ({ ...one, object, repository })));
        for (const set of sets)
          applications.push(...fromSpec(object, 'spec.template.spec', template?.spec ?? {}, set));
      }
      if (all.length > 0 && !all.some(({ isOpaque }) => isOpaque))
        parameters.push({ object, names: [...new Set(all.flatMap(({ values }) => Object.keys(values)))] });
      const { metadata: { name = '' } = {}, spec: { source } = {} } = template ?? {};
      const paths = sameName(name, all, source?.path ?? '');
      if (paths !== undefined) repeated.push({ object, paths });
    }
  }
  return { applications, unmatched, parameters, repeated };
}
