import { namespaceOf } from '../model/model.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Rule } from './rule.ts';

const group = 'rbac.authorization.k8s.io';

interface Binding {
  readonly subjects?: readonly {
    readonly kind: string;
    readonly name: string;
    readonly namespace?: string;
  }[];
}

/** A binding grants a role to a ServiceAccount that is not there. */
export const subjectMissing: Rule = {
  id: 'subject-missing',
  severity: 'error',
  family: 'references',
  title: 'a binding grants rights to a ServiceAccount that is not there',
  *check({ model }) {
    for (const object of [...model.all(group, 'RoleBinding'), ...model.all(group, 'ClusterRoleBinding')]) {
      for (const [index, subject] of ((object as Binding).subjects ?? []).entries()) {
        if (subject.kind !== 'ServiceAccount') continue;
        const namespace = subject.namespace ?? namespaceOf(object);
        const names = model.names('', 'ServiceAccount', namespace);
        // In a namespace that the target does not hold, others make the accounts.
        if (names.includes(subject.name) || subject.name === 'default' || !model.namespaces.has(namespace))
          continue;
        yield {
          object,
          path: `subjects[${index}].name`,
          message:
            `it grants rights to ServiceAccount ${namespace}/${subject.name}, which is not there` +
            `${didYouMean(subject.name, names)}: the pods that need them would be refused`,
        };
      }
    }
  },
};
