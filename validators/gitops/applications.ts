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
  readonly template?: { readonly spec?: Spec };
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

/** The Applications of some objects, those of their ApplicationSets included. */
export function planned(objects: readonly KubernetesObject[], checkout: () => Checkout): Planned {
  const applications: Application[] = [];
  const unmatched: Planned['unmatched'][number][] = [];
  for (const object of objects) {
    if (groupOf(object) !== 'argoproj.io') continue;
    if (object.kind === 'Application') {
      applications.push(...fromSpec(object, 'spec', (object.spec ?? {}) as Spec, nothing));
    } else if (object.kind === 'ApplicationSet') {
      const { generators = [], template } = (object.spec ?? {}) as SetSpec;
      for (const [index, generator] of generators.entries()) {
        const {
          sets,
          unmatched: missed,
          repositories,
        } = generate(generator, `spec.generators[${index}]`, checkout());
        const [repository = ''] = repositories;
        unmatched.push(...missed.map((one) => ({ ...one, object, repository })));
        for (const set of sets)
          applications.push(...fromSpec(object, 'spec.template.spec', template?.spec ?? {}, set));
      }
    }
  }
  return { applications, unmatched };
}
