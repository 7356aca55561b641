import type { Delivery } from '../gitops/deliver.ts';
import { goesTo, listAgainst, type ProjectSpec, takesFrom } from '../gitops/project.ts';
import { groupOf } from '../model/model.ts';
import type { KubernetesObject } from '../render/objects.ts';
import { scopeOf } from '../schemas/scope.ts';
import { nearest } from '../text/nearest.ts';
import type { Context, Problem, Rule } from './rule.ts';

const effect = 'Argo CD would refuse to sync the Application';

/** What a project keeps an Application from, each kind and namespace once. */
function* forbidden(
  { application, manifests }: Delivery,
  spec: ProjectSpec,
  about: (field: string, what: string, key: string) => Problem | undefined,
): Iterable<Problem | undefined> {
  const { repository, namespace, server, cluster, path } = application;
  if (repository !== undefined && !takesFrom(spec, repository))
    yield about('sourceRepos', `does not take manifests from ${repository}`, repository);
  const objects = typeof manifests === 'object' && 'objects' in manifests ? manifests.objects : [];
  const namespaces = new Set(namespace === undefined ? [] : [namespace]);
  for (const object of objects) {
    const wide = scopeOf(object);
    const target = wide === 'Cluster' ? undefined : (object.metadata.namespace ?? namespace);
    if (target !== undefined) namespaces.add(target);
    const list = listAgainst(spec, object, wide === undefined ? undefined : wide === 'Cluster');
    if (list === undefined) continue;
    const kind = `${object.kind} of ${groupOf(object) || 'the core group'}`;
    yield about(
      list,
      `does not permit ${kind}, and ${path} has ${object.kind} ${object.metadata.name}`,
      `${list} ${kind}`,
    );
  }
  for (const name of namespaces) {
    if (!goesTo(spec, name, server, cluster))
      yield about(
        'destinations',
        `does not permit the namespace ${name}, to which ${path ?? 'the chart'} goes`,
        name,
      );
  }
}

function* check({ model, deliveries }: Context): Iterable<Problem> {
  if (deliveries === undefined) return;
  const projects = new Map(deliveries.projects.map((project) => [project.metadata.name, project]));
  const told = new Set<string>();
  for (const delivery of deliveries.deliveries) {
    const { object, field, project: name } = delivery.application;
    if (name === undefined) continue;
    const project = projects.get(name);
    if (project === undefined) {
      const meant = nearest(name, projects.keys());
      const key = `${object.kind} ${object.metadata.name} ${name}`;
      // Argo CD comes with the project default; another one may be made elsewhere.
      if (name === 'default' || meant === undefined || told.has(key)) continue;
      told.add(key);
      const at = field.replace(/\.sources?(?:\[\d+\])?$/, '.project');
      yield {
        object,
        path: at,
        message: `there is no AppProject ${name} (did you mean "${meant}"?): ${effect}`,
      };
      continue;
    }
    const about = (list: string, what: string, key: string): Problem | undefined => {
      const whole = `${name} ${list} ${key}`;
      if (told.has(whole)) return undefined;
      told.add(whole);
      // The project's own line, where the project is a part of what is judged.
      const own = model.all('argoproj.io', 'AppProject').find(({ metadata }) => metadata.name === name);
      return {
        object: own ?? object,
        path: own ? `spec.${list}` : field,
        message: `project ${name} ${what} (${describe(object)}): ${effect}`,
      };
    };
    for (const problem of forbidden(delivery, (project.spec ?? {}) as ProjectSpec, about))
      if (problem) yield problem;
  }
}

function describe({ kind, metadata }: KubernetesObject): string {
  return `${kind} ${metadata.name}`;
}

/** A project does not permit what its Applications would apply. */
export const projectForbids: Rule = {
  id: 'project-forbids',
  severity: 'error',
  family: 'gitops',
  title: 'an AppProject does not permit a kind, a namespace or a repository that its Applications bring',
  check,
};
