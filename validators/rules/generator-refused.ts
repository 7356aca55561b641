import { type Requirement, wrongRequirement } from '../api-server/requirement.ts';
import type { KubernetesObject } from '../render/objects.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Problem, Rule } from './rule.ts';

interface Selector {
  readonly matchExpressions?: readonly Requirement[] | null;
}

interface Generator {
  readonly selector?: Selector;
  readonly [kind: string]: unknown;
}

interface SetSpec {
  readonly generators?: readonly Generator[] | null;
  readonly goTemplateOptions?: readonly string[] | null;
  readonly strategy?: {
    readonly rollingSync?: { readonly steps?: readonly Selector[] | null } | null;
  } | null;
}

/** Source: Argo CD, `pkg/apis/application/v1alpha1/applicationset_types.go`. */
const kinds = [
  'clusterDecisionResource',
  'clusters',
  'git',
  'list',
  'matrix',
  'merge',
  'plugin',
  'pullRequest',
  'scmProvider',
];

/** Source: Go, `text/template`, Option. */
const options = ['default', 'error', 'invalid', 'zero'].map((way) => `missingkey=${way}`);

const nothing = 'Argo CD would make no Application of this set';

/** A mistake and where it stands below an object. */
interface Wrong {
  readonly path: string;
  readonly what: string;
  readonly effect?: string;
}

function* inSelector(
  path: string,
  selector: Selector | undefined,
  known?: readonly string[],
): Iterable<Wrong> {
  for (const [index, requirement] of (selector?.matchExpressions ?? []).entries()) {
    const { operator = '' } = requirement;
    const what =
      known === undefined || known.includes(operator)
        ? wrongRequirement(requirement)
        : `there is no operator ${operator} of a step${didYouMean(operator, known)}: ${known.join(' and ')} are the ones`;
    if (what !== undefined) yield { path: `${path}.matchExpressions[${index}]`, what };
  }
}

function* inGenerators(path: string, generators: readonly Generator[], depth: number): Iterable<Wrong> {
  for (const [index, generator] of generators.entries()) {
    const at = `${path}[${index}]`;
    const given = kinds.filter((kind) => generator[kind] !== undefined && generator[kind] !== null);
    if (given.length === 0)
      yield {
        path: at,
        what: 'this generator is of no kind',
        effect: 'Argo CD passes over it without a word',
      };
    yield* inSelector(`${at}.selector`, generator.selector);
    for (const kind of given) yield* inKind(`${at}.${kind}`, kind, generator[kind] as Kind, depth);
  }
}

interface Kind {
  readonly selector?: Selector;
  readonly generators?: readonly Generator[] | null;
  readonly mergeKeys?: readonly string[] | null;
  readonly directories?: readonly unknown[] | null;
  readonly files?: readonly unknown[] | null;
}

/** Source: Argo CD, `applicationset/generators/matrix.go`, `merge.go` and `git.go`. */
function* inKind(path: string, kind: string, given: Kind, depth: number): Iterable<Wrong> {
  if (kind === 'clusters') yield* inSelector(`${path}.selector`, given.selector);
  if (kind === 'git' && (given.directories ?? []).length === 0 && (given.files ?? []).length === 0)
    yield { path, what: 'it names neither directories nor files to look for' };
  if (kind !== 'matrix' && kind !== 'merge') return;
  const below = given.generators ?? [];
  if (kind === 'matrix' && below.length !== 2)
    yield {
      path: `${path}.generators`,
      what: `a matrix is of two generators, and this one of ${below.length}`,
    };
  if (kind === 'merge' && below.length < 2)
    yield {
      path: `${path}.generators`,
      what: `a merge is of two generators or more, and this one of ${below.length}`,
    };
  if (kind === 'merge' && (given.mergeKeys ?? []).length === 0)
    yield { path, what: 'a merge needs keys to know by what belongs together (mergeKeys)' };
  if (depth < 2) yield* inGenerators(`${path}.generators`, below, depth + 1);
}

function* inSet(object: KubernetesObject): Iterable<Problem> {
  const { generators, goTemplateOptions, strategy } = (object.spec ?? {}) as SetSpec;
  for (const { path, what, effect = nothing } of inGenerators('spec.generators', generators ?? [], 0))
    yield { object, path, message: `${what}: ${effect}` };
  for (const [index, option] of (goTemplateOptions ?? []).entries()) {
    if (!options.includes(option))
      yield {
        object,
        path: `spec.goTemplateOptions[${index}]`,
        message: `there is no option ${option} of templates${didYouMean(option, options)}: ${nothing}`,
      };
  }
  for (const [index, step] of (strategy?.rollingSync?.steps ?? []).entries()) {
    for (const { path, what } of inSelector(`spec.strategy.rollingSync.steps[${index}]`, step, [
      'In',
      'NotIn',
    ]))
      yield { object, path, message: `${what}: Applications would be in no step, and not be synced` };
  }
}

/** A generator of an ApplicationSet is one that Argo CD refuses: nothing is made, or what was made stays as it is. */
export const generatorRefused: Rule = {
  id: 'generator-refused',
  severity: 'error',
  family: 'gitops',
  title: 'a generator, its selector or an option of an ApplicationSet is one that Argo CD refuses',
  *check({ model }) {
    for (const object of model.all('argoproj.io', 'ApplicationSet')) yield* inSet(object);
  },
};
