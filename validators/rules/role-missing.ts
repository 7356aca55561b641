import { namespaceOf } from '../model/model.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Rule } from './rule.ts';

const group = 'rbac.authorization.k8s.io';
/** ClusterRoles that every cluster has. */
const builtIn = /^(?:cluster-admin|admin|edit|view|system:.*)$/;

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
      const names = model
        .all(group, kind)
        .filter((role) => kind === 'ClusterRole' || namespaceOf(role) === namespaceOf(object))
        .map(({ metadata }) => metadata.name);
      const offered = environment?.clusterObjects?.includes(`${kind}/${name}`) === true;
      if (names.includes(name) || offered || (kind === 'ClusterRole' && builtIn.test(name))) continue;
      yield {
        object,
        path: 'roleRef.name',
        message: `it grants ${kind} ${name}, which is not there${didYouMean(name, names)}: its subjects would be refused everything`,
      };
    }
  },
};
