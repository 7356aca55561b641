import type { KubernetesObject } from '../../render/objects.ts';
import type { Made } from '../made.ts';
import { type Labels, metadataOf } from './spec.ts';

/** The account of pods that ask the API, with a role of its own. */
export function account(resource: KubernetesObject, name: string, labels: Labels): Made[] {
  const metadata = metadataOf(resource, name, labels);
  const rbac = 'rbac.authorization.k8s.io';
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'Role',
      metadata,
      rules: [
        {
          apiGroups: ['postgresql.cnpg.io'],
          resources: [resource.kind === 'Cluster' ? 'clusters' : 'poolers'],
          verbs: ['get', 'list', 'watch'],
        },
      ],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'RoleBinding',
      metadata,
      subjects: [{ kind: 'ServiceAccount', name }],
      roleRef: { apiGroup: rbac, kind: 'Role', name },
    },
  ].map((object) => ({ object, paths: [] }));
}
