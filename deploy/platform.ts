import type { Environment, KubernetesObject } from '@plumbline/validators';
import type { Cluster } from './cluster/cluster.ts';
import { kubectl } from './cluster/kubectl.ts';
import { type Command, command, minutes, type Plan } from './plan/step.ts';
import { renderFolder } from './systems.ts';

/** Where the manifests of what a laptop's cluster lacks stand, by the name that environment.yaml gives it. */
const folders: Readonly<Record<string, string>> = {
  'metrics-server': 'argocd/platform/laptop/metrics-server',
  ingress: 'argocd/platform/laptop/traefik',
};

/** What deploy brings to a cluster by the cluster's own means; what Argo CD brings is not deploy's. */
export function platformSteps(environment: Environment, cluster: Cluster): Plan {
  const commands = environment.platform.flatMap(({ name, by }): Command[] => {
    if (by === 'minikube addon') {
      const profile = cluster.host.kind === 'minikube' ? cluster.host.profile : cluster.context;
      return [
        command(['minikube', '--profile', profile, 'addons', 'enable', name], { deadline: minutes(6) }),
      ];
    }
    const folder = folders[name];
    if (by !== 'manifest' || folder === undefined) return [];
    return [kubectl(cluster.context, ['apply', '--kustomize', folder])];
  });
  const names = environment.platform.map(({ name }) => name).join(', ');
  return commands.length === 0
    ? []
    : [{ kind: 'run', does: `Bring what the cluster lacks: ${names}`, commands }];
}

/** The objects that the platform's manifests render to, so that deploy can wait for them. */
export async function platformObjects(root: string, environment: Environment): Promise<KubernetesObject[]> {
  const wanted = environment.platform.flatMap(({ name, by }) =>
    by === 'manifest' ? (folders[name] ?? []) : [],
  );
  return (await Promise.all(wanted.map((folder) => renderFolder(root, folder)))).flat();
}
