import { type Model, namespaceOf } from '../model/model.ts';
import { operatorMakes } from '../model/run-time.ts';
import type { KubernetesObject } from '../render/objects.ts';
import { didYouMean, nearest } from '../text/nearest.ts';
import type { Context, Problem, Rule } from './rule.ts';

const group = 'rbac.authorization.k8s.io';

interface Subject {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

/** The ServiceAccount that a subject is, also when it is written as a user. */
function accountOf(
  { kind, name, namespace }: Subject,
  own: string,
): { readonly namespace: string; readonly name: string } | undefined {
  if (kind === 'ServiceAccount') return { name, namespace: namespace ?? own };
  const [, of = '', account = ''] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(name) ?? [];
  return kind === 'User' && account !== '' ? { name: account, namespace: of } : undefined;
}

function judge(
  { model, namespacesBeside }: Context,
  object: KubernetesObject,
  subject: Subject,
  path: string,
): Problem | undefined {
  if (
    object.kind === 'ClusterRoleBinding' &&
    subject.kind === 'ServiceAccount' &&
    subject.namespace === undefined
  ) {
    return {
      object,
      path: `${path}.name`,
      message: `ServiceAccount ${subject.name} stands without its namespace, which a ClusterRoleBinding cannot tell: the API server would refuse it`,
    };
  }
  const account = accountOf(subject, namespaceOf(object));
  if (account === undefined || account.name === 'default') return undefined;
  const { namespace, name } = account;
  const names = model.names('', 'ServiceAccount', namespace);
  if (names.includes(name) || operatorMakes(model, namespace, name)) return undefined;
  // A chart that Argo CD installs there has accounts of its own.
  if (namespacesBeside?.has(namespace) && nearest(name, names) === undefined) return undefined;
  // An account without a namespace goes where it is applied: by `kubectl apply -n`, or by a kustomization around this one.
  if (isUnplaced(model, name)) return undefined;
  const effect = 'the pods that need them would be refused';
  if (model.namespaces.has(namespace)) {
    return {
      object,
      path: `${path}.name`,
      message: `it grants rights to ServiceAccount ${namespace}/${name}, which is not there${didYouMean(name, names)}: ${effect}`,
    };
  }
  // In a namespace that the target does not hold others make the accounts; but not those that the target makes itself.
  const homes = model
    .all('', 'ServiceAccount')
    .filter(({ metadata }) => metadata.name === name && metadata.namespace !== undefined)
    .map(namespaceOf);
  if (homes.length === 0) return undefined;
  return {
    object,
    path: subject.kind === 'ServiceAccount' ? `${path}.namespace` : `${path}.name`,
    message:
      `it grants rights to ServiceAccount ${namespace}/${name}, and the target makes ${name} in namespace ` +
      `${nearest(namespace, homes) ?? homes[0]}: ${effect}`,
  };
}

function isUnplaced(model: Model, name: string): boolean {
  return model
    .all('', 'ServiceAccount')
    .some(({ metadata }) => metadata.name === name && metadata.namespace === undefined);
}

interface Binding {
  readonly subjects?: readonly Subject[];
}

/** A binding grants a role to a ServiceAccount that is not there. */
export const subjectMissing: Rule = {
  id: 'subject-missing',
  severity: 'error',
  family: 'references',
  title: 'a binding grants rights to a ServiceAccount that is not there',
  *check(context) {
    const { model } = context;
    for (const object of [...model.all(group, 'RoleBinding'), ...model.all(group, 'ClusterRoleBinding')]) {
      for (const [index, subject] of ((object as Binding).subjects ?? []).entries()) {
        const problem = judge(context, object, subject, `subjects[${index}]`);
        if (problem !== undefined) yield problem;
      }
    }
  },
};
