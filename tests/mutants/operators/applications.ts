import type { KubernetesObject } from '@plumbline/validators';
import { anyEnd, kind, mistyped } from '../choose.ts';
import { type Data, edit, type Mutant, type Operator, skip } from '../mutant.ts';

/** A project whose Applications all come from this repository: what another one permits may be for charts. */
const systems = (object: KubernetesObject) =>
  object.kind === 'AppProject' && object.metadata.name === 'plumbline';

/** What no overlay holds, and Argo CD shows: pods and what makes them. */
const shown = ['Pod', 'ReplicaSet'];

/** A path with its first folder mistyped, and what only Argo CD fills in left as it is. */
function mistypedFolder(path: unknown): unknown {
  const [first = '', ...others] = String(path).split('/');
  return others.length === 0 ? skip : [mistyped(first), ...others].join('/');
}

const inSets = (path: string) => [
  `spec.generators.*.matrix.generators.*.${path}`,
  `spec.generators.*.${path}`,
];

/** A kind of defect of what is of no environment. */
export interface ApplicationOperator extends Omit<Operator, 'mutate'> {
  readonly mutate: (objects: readonly KubernetesObject[]) => Iterable<Mutant>;
}

/** Defects of what Argo CD is told, which show only beside what its Applications render. */
export const applications: readonly ApplicationOperator[] = [
  {
    id: 'path of an ApplicationSet mistyped',
    family: 'gitops',
    expects: ['application-path-missing'],
    mutate: (objects) =>
      edit(
        objects,
        kind('ApplicationSet'),
        [...inSets('git.files.*.path'), ...inSets('git.directories.*.path')],
        (value, _object, { parent }) => ((parent as Data).exclude === true ? skip : mistypedFolder(value)),
      ),
  },
  {
    id: 'path of an Application mistyped',
    family: 'gitops',
    expects: ['application-path-missing'],
    mutate: (objects) =>
      edit(
        objects,
        kind('Application', 'ApplicationSet'),
        ['spec.source.path', 'spec.template.spec.source.path'],
        (value) => `${value}-gone`,
      ),
  },
  {
    id: 'kind that a project no longer permits',
    family: 'gitops',
    expects: ['project-forbids'],
    mutate: (objects) =>
      edit(
        objects,
        systems,
        ['spec.namespaceResourceWhitelist.*', 'spec.clusterResourceWhitelist.*'],
        (value) => (shown.includes(String((value as Data).kind)) ? skip : undefined),
        anyEnd(objects),
      ),
  },
  {
    id: 'namespace that a project no longer permits',
    family: 'gitops',
    expects: ['project-forbids'],
    mutate: (objects) => edit(objects, systems, ['spec.destinations.*.namespace'], mistyped, anyEnd(objects)),
  },
  {
    id: 'repository that a project no longer permits',
    family: 'gitops',
    expects: ['project-forbids'],
    mutate: (objects) => edit(objects, systems, ['spec.sourceRepos.*'], mistyped, anyEnd(objects)),
  },
  {
    id: 'project mistyped',
    family: 'gitops',
    expects: ['project-forbids'],
    mutate: (objects) => edit(objects, kind('ApplicationSet'), ['spec.template.spec.project'], mistyped),
  },
  {
    id: 'parameter of a template mistyped',
    family: 'gitops',
    expects: ['parameter-unknown'],
    mutate: (objects) =>
      edit(
        objects,
        kind('ApplicationSet'),
        ['spec.template.metadata.name', 'spec.template.spec.source.path', 'spec.template.spec.destination.*'],
        (value) => {
          const named = /\{\{ \.([\w.]*\.)?(\w+) \}\}/.exec(String(value))?.[2];
          return named === undefined ? skip : String(value).replace(`${named} }}`, `${mistyped(named)} }}`);
        },
      ),
  },
  {
    id: 'label of a cluster mistyped in a path',
    family: 'gitops',
    expects: ['parameter-unknown'],
    mutate: (objects) =>
      edit(
        objects,
        kind('ApplicationSet'),
        [...inSets('git.files.*.path'), ...inSets('git.directories.*.path')],
        (value) =>
          String(value).includes('environment"')
            ? String(value).replace('environment"', 'enviroment"')
            : skip,
      ),
  },
  {
    id: 'one name for all Applications',
    family: 'gitops',
    expects: ['application-name-repeated'],
    mutate: (objects) =>
      edit(objects, kind('ApplicationSet'), ['spec.template.metadata.name'], () => 'plumbline'),
  },
  {
    id: 'option of a sync mistyped',
    family: 'gitops',
    expects: ['sync-setting-unknown'],
    mutate: (objects) =>
      edit(
        objects,
        kind('Application', 'ApplicationSet'),
        ['spec.syncPolicy.syncOptions.*', 'spec.template.spec.syncPolicy.syncOptions.*'],
        (value) => {
          const [name = '', wanted = ''] = String(value).split('=');
          return `${mistyped(name)}=${wanted}`;
        },
      ),
  },
  {
    id: 'pointer to what is ignored without its slash',
    family: 'gitops',
    expects: ['sync-setting-unknown'],
    mutate: (objects) =>
      edit(
        objects,
        kind('Application', 'ApplicationSet'),
        ['spec.template.spec.ignoreDifferences.*.jsonPointers.*'],
        (value) => String(value).slice(1),
      ),
  },
  {
    id: 'operator of a selector of clusters mistyped',
    family: 'gitops',
    expects: ['generator-refused'],
    mutate: (objects) =>
      edit(
        objects,
        kind('ApplicationSet'),
        inSets('clusters.selector.matchExpressions.*.operator'),
        (value) => (value === 'NotIn' ? 'Notin' : `${value}s`),
      ),
  },
  {
    id: 'generator that a matrix lacks',
    family: 'gitops',
    expects: ['generator-refused'],
    mutate: (objects) =>
      edit(objects, kind('ApplicationSet'), ['spec.generators.*.matrix.generators.*'], () => undefined),
  },
  {
    id: 'option of templates mistyped',
    family: 'gitops',
    expects: ['generator-refused'],
    mutate: (objects) => edit(objects, kind('ApplicationSet'), ['spec.goTemplateOptions.*'], mistyped),
  },
];
