import type { KubernetesObject } from '@plumbline/validators';
import { type Cluster, ownsCluster } from './cluster/cluster.ts';
import { deleteKindCluster } from './cluster/kind-cluster.ts';
import { kubectl } from './cluster/kubectl.ts';
import { ownNamespaces } from './cluster/ownership.ts';
import { type Command, minutes, type Plan, type Step } from './plan/step.ts';
import { type Choice, inNamespaces } from './systems.ts';

/** What stays when the data is kept, and what the namespace's own controllers would make anew at once. */
const kept = new Set(['Namespace', 'PersistentVolumeClaim']);

/** Made by the controllers of the rendered objects, or by hand: they go before what they read. */
const always = ['jobs', 'pods'];

/**
 * Takes everything away: the kind cluster where it is all that the cluster is for, else the namespaces; with
 * `keepData` only what is neither a claim nor the namespace that holds it.
 */
export function destroyPlan(cluster: Cluster, choice: Choice, keepData: boolean): Plan {
  const { context, host } = cluster;
  if (keepData) {
    const taken = inNamespaces(choice.systems).map(
      ({ namespace, objects }): Step => ({
        kind: 'run',
        does: `Take everything but the claims from ${namespace}`,
        commands: [
          deleteCommand(context, [
            [...kindsOf(objects), ...always].join(','),
            '--all',
            '--namespace',
            namespace,
            '--ignore-not-found',
          ]),
        ],
      }),
    );
    return [ownNamespaces(context, choice.systems), ...taken];
  }
  if (host.kind === 'kind' && ownsCluster(cluster, choice)) {
    return [
      {
        kind: 'run',
        does: `Delete the kind cluster "${host.name}" with all that it holds`,
        commands: [deleteKindCluster(host.name)],
      },
    ];
  }
  const namespaces = choice.systems.flatMap((system) => system.namespaces);
  const clusterWide = choice.systems.flatMap(({ objects }) =>
    objects.filter(({ kind, metadata }) => kind !== 'Namespace' && metadata.namespace === undefined),
  );
  return [
    ownNamespaces(context, choice.systems),
    {
      kind: 'run',
      does: `Delete ${namespaces.join(', ')} with all that ${namespaces.length === 1 ? 'it holds' : 'they hold'}`,
      commands: [
        ...clusterWide.map(({ kind, metadata }) =>
          deleteCommand(context, [`${kind.toLowerCase()}/${metadata.name}`, '--ignore-not-found']),
        ),
        deleteCommand(context, ['namespace', ...namespaces, '--ignore-not-found']),
      ],
    },
  ];
}

/** The kinds as kubectl takes them, with the group that tells like-named ones apart. */
function kindsOf(objects: readonly KubernetesObject[]): string[] {
  const kinds = objects
    .filter(({ kind }) => !kept.has(kind) && kind !== 'Job')
    .map(({ kind, apiVersion }) => {
      const group = apiVersion.includes('/') ? `.${apiVersion.split('/')[0]}` : '';
      return `${kind.toLowerCase()}${group}`;
    });
  return [...new Set(kinds)].sort();
}

function deleteCommand(context: string, args: readonly string[]): Command {
  return kubectl(context, ['delete', ...args, '--timeout=300s'], { deadline: minutes(6) });
}
