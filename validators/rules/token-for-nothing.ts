import { namespaceOf } from '../model/model.ts';
import { joinPath } from '../model/workload.ts';
import type { Rule } from './rule.ts';

const group = 'rbac.authorization.k8s.io';

interface Binding {
  readonly subjects?: readonly {
    readonly kind: string;
    readonly name: string;
    readonly namespace?: string;
  }[];
}

/** A pod carries a token for the API though its ServiceAccount is granted nothing. */
export const tokenForNothing: Rule = {
  id: 'token-for-nothing',
  severity: 'warning',
  family: 'security',
  title: 'a pod carries an API token that grants it nothing',
  *check({ model }) {
    const bindings = [...model.all(group, 'RoleBinding'), ...model.all(group, 'ClusterRoleBinding')];
    const granted = new Set(
      bindings.flatMap((object) =>
        ((object as Binding).subjects ?? [])
          .filter(({ kind }) => kind === 'ServiceAccount')
          .map(({ name, namespace }) => `${namespace ?? namespaceOf(object)}/${name}`),
      ),
    );
    for (const { object, pod, namespace, templatePath } of model.workloads) {
      const name = pod.serviceAccountName ?? 'default';
      const account = model.find('', 'ServiceAccount', namespace, name) as
        | { automountServiceAccountToken?: boolean }
        | undefined;
      const mounted = pod.automountServiceAccountToken ?? account?.automountServiceAccountToken ?? true;
      if (!mounted || granted.has(`${namespace}/${name}`)) continue;
      yield {
        object,
        path: joinPath(templatePath, 'spec.automountServiceAccountToken'),
        message: `its pods carry the token of ServiceAccount ${name}, which is granted nothing: set automountServiceAccountToken to false`,
      };
    }
  },
};
