import { namespaceOf } from '../model/model.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Rule } from './rule.ts';

const group = 'rbac.authorization.k8s.io';
/** What every cluster has: ClusterRoles, and Roles of kube-system and kube-public. */
const builtIn = {
  ClusterRole: /^(?:cluster-admin|admin|edit|view|system:.*)$/,
  Role: /^(?:extension-apiserver-authentication-reader|system:.*|kubeadm:.*)$/,
};

interface Binding {
  readonly roleRef?: { readonly kind?: string; readonly name?: string };
}

/** A binding grants a role that is not there. */
export const roleMissing: Rule = {
  id: 'role-missing',
  severity: 'error',
  family: 'references',
  title: 'a binding grants a Role or ClusterRole that is not there',
  *check({ model, environment }) {
    for (const object of [...model.all(group, 'RoleBinding'), ...model.all(group, 'ClusterRoleBinding')]) {
      const { kind = '', name = '' } = (object as Binding).roleRef ?? {};
      if (kind !== 'Role' && kind !== 'ClusterRole') continue;
      if (kind === 'Role' && object.kind === 'ClusterRoleBinding') {
        yield {
          object,
          path: 'roleRef.kind',
          message: `a ClusterRoleBinding grants Role ${name}, and it takes ClusterRoles only: the API server would refuse it`,
        };
        continue;
      }
      const names = model
        .all(group, kind)
        .filter((role) => kind === 'ClusterRole' || namespaceOf(role) === namespaceOf(object))
        .map(({ metadata }) => metadata.name);
      const offered = environment?.clusterObjects?.includes(`${kind}/${name}`) === true;
      if (names.includes(name) || offered || builtIn[kind].test(name)) continue;
      const hint = didYouMean(name, names);
      // ClusterRoles belong to the cluster: a target that makes none may grant one of an operator's.
      const foreign = kind === 'ClusterRole' && names.length === 0 && environment === undefined;
      yield {
        object,
        path: 'roleRef.name',
        message: `it grants ${kind} ${name}, which is not there${hint}: its subjects would be refused everything`,
        severity: foreign ? 'warning' : 'error',
      };
    }
  },
};
