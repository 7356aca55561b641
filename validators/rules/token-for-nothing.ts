import { namespaceOf } from '../model/model.ts';
import { joinPath, type Workload } from '../model/workload.ts';
import type { KubernetesObject } from '../render/objects.ts';
import type { Rule } from './rule.ts';

const group = 'rbac.authorization.k8s.io';

interface Binding {
  readonly subjects?: readonly {
    readonly kind: string;
    readonly name: string;
    readonly namespace?: string;
  }[];
}

/** The accounts that a binding grants something to, as `namespace/name`; groups as `group:name`. */
function granted(object: KubernetesObject): string[] {
  return ((object as Binding).subjects ?? []).map(({ kind, name, namespace }) => {
    if (kind === 'ServiceAccount') return `${namespace ?? namespaceOf(object)}/${name}`;
    const user = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(name);
    return kind === 'User' && user !== null ? `${user[1]}/${user[2]}` : `group:${name}`;
  });
}

/** True for a pod that shows its token to somebody else than the API server: a Vault, a cloud. */
function showsToken({ object, templatePath }: Workload): boolean {
  const template = templatePath
    .split('.')
    .filter((step) => step !== '')
    .reduce<unknown>((value, step) => (value as Record<string, unknown> | undefined)?.[step], object);
  const { metadata } = (template ?? {}) as Partial<KubernetesObject>;
  return Object.keys(metadata?.annotations ?? {}).some((key) => key.startsWith('vault.hashicorp.com/'));
}

/** A pod carries a token for the API though its ServiceAccount is granted nothing. */
export const tokenForNothing: Rule = {
  id: 'token-for-nothing',
  severity: 'warning',
  family: 'security',
  title: 'a pod carries an API token that grants it nothing',
  *check({ model }) {
    const has = new Set(
      [...model.all(group, 'RoleBinding'), ...model.all(group, 'ClusterRoleBinding')].flatMap(granted),
    );
    const carriers = model.workloads.filter((workload) => {
      const { pod, namespace } = workload;
      const name = pod.serviceAccountName ?? pod.serviceAccount ?? 'default';
      const account = model.find('', 'ServiceAccount', namespace, name) as
        | { automountServiceAccountToken?: boolean }
        | undefined;
      const mounted = pod.automountServiceAccountToken ?? account?.automountServiceAccountToken ?? true;
      const rights = [
        `${namespace}/${name}`,
        `group:system:serviceaccounts:${namespace}`,
        'group:system:serviceaccounts',
        'group:system:authenticated',
      ];
      return mounted && !rights.some((right) => has.has(right)) && !showsToken(workload);
    });
    const byAccount = Map.groupBy(
      carriers,
      ({ namespace, pod }) => `${namespace}/${pod.serviceAccountName ?? pod.serviceAccount ?? 'default'}`,
    );
    // One finding an account, however many workloads run as it; but each that asks for the token by itself.
    for (const [account, workloads] of byAccount) {
      const asking = workloads.filter(({ pod }) => pod.automountServiceAccountToken === true);
      const silent = workloads.filter((workload) => !asking.includes(workload));
      for (const { object, templatePath } of asking) {
        yield {
          object,
          path: joinPath(templatePath, 'spec.automountServiceAccountToken'),
          message: `its pods carry the token of ServiceAccount ${account}, which is granted nothing: whoever breaks in has it; set it to false`,
        };
      }
      const [first, ...others] = silent;
      if (first === undefined) continue;
      const more = others.length === 0 ? '' : `, and those of ${others.length} more (${list(others)}),`;
      yield {
        object: first.object,
        path: joinPath(first.templatePath, 'spec'),
        message:
          `its pods${more} carry the token of ServiceAccount ${account}, which is granted nothing: whoever breaks in has it; ` +
          'set automountServiceAccountToken to false',
      };
    }
  },
};

function list(workloads: readonly Workload[]): string {
  const names = workloads.slice(0, 5).map(({ name }) => name);
  return `${names.join(', ')}${workloads.length > names.length ? ', ...' : ''}`;
}
